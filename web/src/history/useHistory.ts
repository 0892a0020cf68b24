// A page of the history, named by the address, so that the browser's back button and a copied link come back to it.
import { useSearchParams } from 'wouter';
import { HistoryDocument, type HistoryQuery, type HistoryQueryVariables } from '../api/operations';
import { OFTEN, type Polled, usePolled } from '../api/usePolled';
import { useMayOperate } from '../session/viewer';

/** So many that all which wait and run are among the newest: at most 20 wait. */
export const PAGE = 25;

export interface HistoryPage {
  response: Polled<HistoryQuery>;
  /** Whether it is the newest page. */
  newest: boolean;
  show: { newest: () => void; newer: () => void; older: () => void; oldest: () => void };
}

export function useHistory(): HistoryPage {
  const [search, setSearch] = useSearchParams();
  const operator = useMayOperate();
  const after = search.get('after');
  const before = search.get('before');
  const fromEnd = before !== null || search.has('oldest');
  const variables: HistoryQueryVariables = {
    operator,
    ...(fromEnd ? { last: PAGE } : { first: PAGE }),
    ...(after === null ? {} : { after }),
    ...(before === null ? {} : { before }),
  };
  const response = usePolled({ query: HistoryDocument, variables }, OFTEN);
  const info = response[0].data?.dataExports.pageInfo;
  return {
    response,
    newest: after === null && !fromEnd,
    show: {
      newest: () => {
        setSearch({});
      },
      newer: () => {
        setSearch(info?.startCursor ? { before: info.startCursor } : {});
      },
      older: () => {
        setSearch(info?.endCursor ? { after: info.endCursor } : {});
      },
      oldest: () => {
        setSearch({ oldest: '' });
      },
    },
  };
}
