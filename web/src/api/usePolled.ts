// A query that is asked again every few seconds while the page is looked at, so that what others do shows by itself. While the
// server is gone, what it said last stays: the banner says that it may be out of date.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useEffect, useState } from 'react';
import { useQuery, type UseQueryArgs, type UseQueryResponse } from 'urql';

/** In milliseconds. */
export const OFTEN = 4000;
export const SELDOM = 15_000;

export function usePolled<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data> & { query: TypedDocumentNode<Data, Variables> },
  pause: number,
): UseQueryResponse<Data, Variables> {
  const [result, ask] = useQuery<Data, Variables>({ requestPolicy: 'cache-and-network', ...args });
  useEffect(() => {
    if (args.pause === true) {
      return;
    }
    const again = () => {
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

  const [last, setLast] = useState<{ key: number | undefined; data: Data }>();
  const key = result.operation?.key;
  if (result.data !== undefined && last?.data !== result.data) {
    setLast({ key, data: result.data });
  }
  const stays = result.data === undefined && last !== undefined && last.key === key;
  return [stays ? { ...result, data: last.data } : result, ask];
}
