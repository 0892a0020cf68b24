// A mutation as forms and buttons use it: either what it returns, or what is wrong in words.
import type { CombinedError, TypedDocumentNode } from '@urql/core';
import { useCallback, useState } from 'react';
import { useClient } from 'urql';

/** Something in the input that the person can correct. */
export interface UserError {
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly code: string;
}

interface Payload {
  readonly userErrors: readonly UserError[];
}

/** Exactly one of the two is there, unless the payload itself is refused: then `userErrors` says why. */
export type Outcome<P> = { payload: P; userErrors: readonly UserError[] } | { userErrors: readonly UserError[] };

/** The payload of the mutation's only field. */
type PayloadOf<Data> = Extract<Data[keyof Data], Payload>;

/** Whether it is on its way, and what sends it. A fault is told as a user error without a field. */
export function useChange<Data, Variables extends object>(
  mutation: TypedDocumentNode<Data, Variables>,
): [boolean, (variables: Variables) => Promise<Outcome<PayloadOf<Data>>>] {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const send = useCallback(
    async (variables: Variables): Promise<Outcome<PayloadOf<Data>>> => {
      setBusy(true);
      const { data, error } = await client.mutation(mutation, variables).toPromise();
      setBusy(false);
      const payload = data && (Object.values(data).find(isPayload) as PayloadOf<Data> | undefined);
      if (error !== undefined || !payload) {
        return { userErrors: [{ field: null, message: changeInWords(error), code: 'FAULT' }] };
      }
      return payload.userErrors.length > 0 ? { userErrors: payload.userErrors } : { payload, userErrors: [] };
    },
    [client, mutation],
  );
  return [busy, send];
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && 'userErrors' in value;
}

/** What a fault is called before people. */
export function inWords(error: CombinedError | undefined): string {
  const [first] = error?.graphQLErrors ?? [];
  if (first !== undefined) {
    return first.message;
  }
  const { status } = (error?.response ?? {}) as { status?: number };
  if (status !== undefined && status >= 400) {
    return `The server, or what stands before it, answered with HTTP status ${status}.`;
  }
  return error?.networkError === undefined ? 'The server gave no answer.' : 'The server cannot be reached.';
}

/** The same of a change that may have been made all the same. */
function changeInWords(error: CombinedError | undefined): string {
  const told = inWords(error);
  return error?.networkError === undefined
    ? told
    : `${told} What you wanted may or may not be done: look before you try again.`;
}
