// One export as it is now, asked again by itself. While it waits or runs, RunningExport watches it besides.
import type { CombinedError } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ExportDetailsDocument, type ExportDetailsQuery } from '../api/operations';
import { OFTEN, SELDOM, usePolled } from '../api/usePolled';
import { useMayOperate } from '../session/viewer';

export type Details = NonNullable<ExportDetailsQuery['dataExport']>;

interface Asked {
  /** Undefined until the server has answered, null if it knows no such export. */
  dataExport: Details | null | undefined;
  error: CombinedError | undefined;
  ask: () => void;
}

/** Whether it waits or runs. */
export function isUnderWay({ status }: Pick<Details, 'status'>): boolean {
  return status === 'QUEUED' || status === 'RUNNING';
}

/** Whether anything of it will soon change by itself. */
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
  const [{ data, error }, ask] = usePolled(
    { query: ExportDetailsDocument, variables: { id, operator } },
    astir ? OFTEN : SELDOM,
  );
  const askAnew = useCallback(() => {
    ask({ requestPolicy: 'network-only' });
  }, [ask]);
  // Null with an error is no answer.
  const dataExport = data?.dataExport ?? (error === undefined ? data?.dataExport : undefined);
  const underWay = dataExport != null && isUnderWay(dataExport);

  const astirNow = dataExport != null && isAstir(dataExport);
  if (dataExport !== undefined && astir !== astirNow) {
    setAstir(astirNow);
  }

  // With its end come the sources and the hash, of which those who watch are not told.
  const wasUnderWay = useRef(false);
  useEffect(() => {
    if (wasUnderWay.current && !underWay) {
      askAnew();
    }
    wasUnderWay.current = underWay;
  }, [underWay, askAnew]);

  return { dataExport, error, ask: askAnew };
}
