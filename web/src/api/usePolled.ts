// A query that is asked again every few seconds while the page is looked at, so that what others do shows by itself. While the
// server is gone, what it said last stays.
import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core';
import { useEffect, useState } from 'react';
import { useQuery, type UseQueryArgs, type UseQueryExecute } from 'urql';

/** In milliseconds. */
export const OFTEN = 4000;
export const SELDOM = 15_000;

/** What the server said last, if anything, and what is wrong now, if anything. */
export interface Answer<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  /** Whether it is being asked. */
  fetching: boolean;
}

/** An answer, and what asks at once. */
export type Polled<Data> = [Answer<Data>, UseQueryExecute];

export function usePolled<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data> & { query: TypedDocumentNode<Data, Variables> },
  pause: number,
): Polled<Data> {
  const [result, ask] = useQuery<Data, Variables>({ requestPolicy: 'cache-and-network', ...args });
  useEffect(() => {
    if (args.pause === true) {
      return;
    }
    const again = () => {
      // urql asks the same only once at a time, so that a server that hangs is not asked more and more.
      if (document.visibilityState === 'visible') {
        ask({ requestPolicy: 'network-only' });
      }
    };
    const timer = setInterval(again, pause);
    // Who comes back to the page sees at once what has changed.
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [ask, pause, args.pause]);
  const key = JSON.stringify(args.variables);
  const [kept, keep] = useState({ key, data: result.data });
  // Null is what a fault leaves of an answer.
  const fresh = (result.data ?? undefined) as Data | undefined;
  if (fresh !== undefined && fresh !== kept.data) {
    keep({ key, data: fresh });
  }
  const data = fresh ?? (kept.key === key ? kept.data : undefined);
  return [{ data, error: result.error, fetching: result.fetching }, ask];
}
