// The end of a dialog that asks before something is done: what went wrong, and the two buttons.
import { Alert, Button, Group } from '@mantine/core';

interface Props {
  problem: string | null;
  busy: boolean;
  /** What the buttons say: the one that leaves it as it is, and the one that does it. */
  leave: string;
  act: string;
  /** Whether something is lost by it. */
  grave?: boolean;
  close: () => void;
  confirm: () => Promise<void>;
}

export function DialogEnd({ problem, busy, leave, act, grave = false, close, confirm }: Props) {
  return (
    <>
      {problem !== null && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          {leave}
        </Button>
        <Button {...(grave && { color: 'red' })} loading={busy} onClick={() => void confirm()}>
          {act}
        </Button>
      </Group>
    </>
  );
}
