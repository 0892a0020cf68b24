// Trying a storage out, step by step as the server tells of it.
import { useCallback, useEffect, useRef, useState } from 'react';
import { once } from '../api/once';
import { type TestStorageLocationInput, TestStorageDocument, type TestStorageSubscription } from '../api/operations';
import type { UserError } from '../api/useChange';

export type Told = TestStorageSubscription['storageLocationTest'];

export interface Trial {
  running: boolean;
  /** What it has shown so far. */
  told: Told | undefined;
  /** Why there will be no more, if that is not told by a step. */
  problem: string | null;
}

/** `refused` is called if nothing is tried, with what is wrong with the input. */
type Start = (input: TestStorageLocationInput, refused?: (userErrors: readonly UserError[]) => void) => void;

const LOST = 'The connection was lost. The test goes on at the server, but what comes of it is not known here.';

/**
 * The last one, null if there was none; what starts one; and what forgets it. Who leaves does not stop the server.
 * `finished` is called when the server has noted how one went.
 */
export function useTrial(finished: () => void): [Trial | null, Start, () => void] {
  const [trial, setTrial] = useState<Trial | null>(null);
  const leave = useRef<() => void>(undefined);
  const stop = useCallback(() => {
    leave.current?.();
    leave.current = undefined;
  }, []);
  useEffect(() => stop, [stop]);
  const whenFinished = useRef(finished);
  useEffect(() => {
    whenFinished.current = finished;
  });

  const start = useCallback<Start>(
    (input, refused) => {
      stop();
      setTrial({ running: true, told: undefined, problem: null });
      leave.current = once(
        TestStorageDocument,
        { input },
        {
          next: ({ storageLocationTest: told }) => {
            setTrial({ running: !told.finished, told, problem: null });
            if (told.userErrors.length > 0) {
              refused?.(told.userErrors);
            }
            if (told.finished) {
              whenFinished.current();
            }
          },
          end: (refusal) => {
            // Nothing is missed if it was finished by then.
            setTrial((now) => (now?.running === true ? { ...now, running: false, problem: refusal ?? LOST } : now));
          },
        },
      );
    },
    [stop],
  );
  const forget = useCallback(() => {
    stop();
    setTrial(null);
  }, [stop]);
  return [trial, start, forget];
}
