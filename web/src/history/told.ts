// Short messages in the corner: what was done, or what kept it from being done.
import { notifications } from '@mantine/notifications';
import type { UserError } from '../api/useChange';

export function tellDone(message: string): void {
  notifications.show({ message, color: 'green' });
}

/** Whether there was nothing wrong. What is wrong stays until it is read. */
export function tellOutcome(what: string, userErrors: readonly UserError[]): boolean {
  const [first] = userErrors;
  if (first === undefined) {
    return true;
  }
  notifications.show({ title: `${what}: not done`, message: first.message, color: 'red', autoClose: false });
  return false;
}
