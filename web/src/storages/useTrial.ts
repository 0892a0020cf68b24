// Trying a storage out, step by step as the server tells of it.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { type TestStorageLocationInput, TestStorageDocument, type TestStorageSubscription } from '../api/operations';
import { inWords, type UserError } from '../api/useChange';

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

/** The last one, null if there was none; what starts one; and what forgets it. Who leaves does not stop the server. */
export function useTrial(): [Trial | null, Start, () => void] {
  const client = useClient();
  const [trial, setTrial] = useState<Trial | null>(null);
  const running = useRef<{ unsubscribe: () => void }>(undefined);
  const stop = useCallback(() => {
    running.current?.unsubscribe();
    running.current = undefined;
  }, []);
  useEffect(() => stop, [stop]);

  const start = useCallback<Start>(
    (input, refused) => {
      stop();
      setTrial({ running: true, told: undefined, problem: null });
      running.current = client.subscription(TestStorageDocument, { input }).subscribe(({ data, error }) => {
        const told = data?.storageLocationTest;
        if (error !== undefined) {
          setTrial((before) => ({ running: false, told: told ?? before?.told, problem: inWords(error) }));
        } else if (told !== undefined) {
          setTrial({ running: !told.finished, told, problem: null });
          if (told.userErrors.length > 0) {
            refused?.(told.userErrors);
          }
        }
      });
    },
    [client, stop],
  );
  const forget = useCallback(() => {
    stop();
    setTrial(null);
  }, [stop]);
  return [trial, start, forget];
}
