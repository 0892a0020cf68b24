// The tables of an export, all of them, page after page: a page is usable as soon as it is there.
import type { Client, CombinedError } from '@urql/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useClient } from 'urql';
import { ExportTablesDocument, type ExportTablesQuery } from '../api/operations';

type Page = NonNullable<ExportTablesQuery['dataExport']>['tables'];
export type Table = Page['nodes'][number];

export interface Tables {
  /** Those that are there so far, in the archive's order. */
  tables: readonly Table[];
  /** How many there are in all; undefined until the first page is there. */
  total: number | undefined;
  complete: boolean;
  error: CombinedError | undefined;
  /** After an error: goes on where it stopped. */
  goOn: () => void;
}

interface State {
  id: string | null;
  pages: readonly Page[];
  error: CombinedError | undefined;
}

const NOTHING: Omit<State, 'id'> = { pages: [], error: undefined };

async function nextPage(client: Client, id: string, after: string | null): Promise<Page | CombinedError | undefined> {
  // They never change, so what was read once is good.
  const { data, error } = await client.query(ExportTablesDocument, { id, after }).toPromise();
  return error ?? data?.dataExport?.tables;
}

/** Of none while `id` is null. */
export function useTables(id: string | null): Tables {
  const client = useClient();
  const [state, setState] = useState<State>({ id, ...NOTHING });
  const { pages, error } = state.id === id ? state : NOTHING;
  const last = pages.at(-1);
  const complete = last !== undefined && !last.pageInfo.hasNextPage;
  const after = last?.pageInfo.endCursor ?? null;

  useEffect(() => {
    if (id === null || complete || error !== undefined) {
      return;
    }
    let current = true;
    void nextPage(client, id, after).then((page) => {
      // Without a page and without an error, the export is gone; the page around this says so.
      if (!current || page === undefined) {
        return;
      }
      setState((state) => {
        const before = state.id === id ? state.pages : [];
        return 'nodes' in page
          ? { id, pages: [...before, page], error: undefined }
          : { id, pages: before, error: page };
      });
    });
    return () => {
      current = false;
    };
  }, [client, id, after, complete, error]);

  const goOn = useCallback(() => {
    setState((state) => ({ ...state, error: undefined }));
  }, []);
  const tables = useMemo(() => pages.flatMap(({ nodes }) => nodes), [pages]);
  return { tables, total: pages[0]?.totalCount, complete, error, goOn };
}
