// What is wrong in an input, put where a form shows it.
import type { UserError } from './useChange';

/** What is wrong with the field of this name, or with anything in it; null if nothing is. */
export function fieldError(userErrors: readonly UserError[], field: string): string | null {
  return userErrors.find((error) => error.field?.[0] === field)?.message ?? null;
}

/** What is wrong with no field of these. */
export function otherErrors(userErrors: readonly UserError[], fields: readonly string[]): string[] {
  return userErrors
    .filter(({ field }) => field?.[0] === undefined || !fields.includes(field[0]))
    .map(({ message }) => message);
}
