// One export as it is now: asked again by itself, and watched while it waits or runs.
import type { CombinedError } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSubscription } from 'urql';
import { ExportDetailsDocument, type ExportDetailsQuery, WatchDocument } from '../api/operations';
import { OFTEN, SELDOM, usePolled } from '../api/usePolled';
import { useMayOperate } from '../session/viewer';

export type Details = NonNullable<ExportDetailsQuery['dataExport']>;

interface Asked {
  /** Undefined until the server has answered, null if it knows no such export. */
  dataExport: Details | null | undefined;
  error: CombinedError | undefined;
  fetching: boolean;
  ask: () => void;
}

/** Whether it waits or runs, so that `Watch` has something to tell. */
export function isUnderWay({ status }: Pick<Details, 'status'>): boolean {
  return status === 'QUEUED' || status === 'RUNNING';
}

/** Whether anything of it will change by itself soon, besides what `Watch` tells. */
function isAstir(dataExport: Details): boolean {
  return (
    isUnderWay(dataExport) ||
    dataExport.uploadStatus === 'PENDING' ||
    dataExport.verification.status === 'RUNNING' ||
    dataExport.uploads.some((copy) => copy.verifying || copy.status === 'DELETING')
  );
}

export function useExport(id: string): Asked {
  const operator = useMayOperate();
  const [astir, setAstir] = useState(true);
  const [{ data, error, fetching }, ask] = usePolled(
    { query: ExportDetailsDocument, variables: { id, operator } },
    astir ? OFTEN : SELDOM,
  );
  const askAnew = useCallback(() => {
    ask({ requestPolicy: 'network-only' });
  }, [ask]);
  const dataExport = data === undefined ? undefined : data.dataExport;
  const underWay = dataExport != null && isUnderWay(dataExport);

  const astirNow = dataExport != null && isAstir(dataExport);
  if (dataExport !== undefined && astir !== astirNow) {
    setAstir(astirNow);
  }

  // What it tells of the export is in the cache, from where the query above has it.
  useSubscription({ query: WatchDocument, variables: { id, operator }, pause: !underWay });

  // With its end come the tables, the sources and the hash, of which `Watch` does not tell.
  const wasUnderWay = useRef(false);
  useEffect(() => {
    if (wasUnderWay.current && !underWay) {
      askAnew();
    }
    wasUnderWay.current = underWay;
  }, [underWay, askAnew]);

  return { dataExport, error, fetching, ask: askAnew };
}
