// The newest exports, asked for once for all that shows them, on whichever page; with each export's end told in the corner.
import { createContext, type ReactNode, useContext } from 'react';
import { HistoryDocument, type HistoryQuery } from '../api/operations';
import { type Answer, OFTEN, usePolled } from '../api/usePolled';
import { useMayOperate } from '../session/viewer';
import { useEndings } from './useEndings';
import { PAGE } from './useHistory';

const NewestContext = createContext<Answer<HistoryQuery>>({ data: undefined, error: undefined, fetching: false });

export function Newest({ children }: { children: ReactNode }) {
  const operator = useMayOperate();
  const [answer] = usePolled({ query: HistoryDocument, variables: { first: PAGE, operator } }, OFTEN);
  useEndings(answer.data?.dataExports.nodes);
  return <NewestContext value={answer}>{children}</NewestContext>;
}

export function useNewest(): Answer<HistoryQuery> {
  return useContext(NewestContext);
}
