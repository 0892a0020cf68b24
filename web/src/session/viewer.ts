// Who uses the page, and what the API lets them do. The server decides; the page only leaves out what would be refused.
import { createContext, useContext } from 'react';

export interface Viewer {
  name: string;
  role: 'ADMIN' | 'OPERATOR' | 'VIEWER';
}

export const ViewerContext = createContext<Viewer>({ name: '', role: 'VIEWER' });

/** Whether the person may make, cancel, keep, verify, copy and download exports. */
export function useMayOperate(): boolean {
  return useContext(ViewerContext).role !== 'VIEWER';
}

/** Whether the person may change settings and storages, and delete exports. */
export function useMayAdminister(): boolean {
  return useContext(ViewerContext).role === 'ADMIN';
}
