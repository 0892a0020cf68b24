// The storages as they are now, with their settings where the person may see them.
import { type CombinedError, gql } from '@urql/core';
import { useMemo } from 'react';
import { type StorageRowFragment, StoragesDocument } from '../api/operations';
import { inWords } from '../api/useChange';
import { SELDOM, usePolled } from '../api/usePolled';
import { useMayAdminister } from '../session/viewer';
import { type Provider, providerOf, useProviders } from './providers';
import { type Saved, type SavedQuery, savedQuery, settingsOf, type Settings } from './savedSettings';

export interface Storage {
  row: StorageRowFragment;
  /** Undefined until the schema is read. */
  provider: Provider | undefined;
  /** Undefined to whoever may not see them, and until they are there. */
  settings: Settings | undefined;
}

/** Stands there until the schema is read, and is not asked meanwhile. */
const UNASKED: SavedQuery = gql('query Unasked { storageLocations { id } }');

export function useStorages() {
  const mayAdminister = useMayAdminister();
  const { providers, problem, ask: askSchema } = useProviders();
  const [{ data, error }, ask] = usePolled({ query: StoragesDocument }, SELDOM);
  const query = useMemo(() => (providers === undefined ? UNASKED : savedQuery(providers)), [providers]);
  const pause = !mayAdminister || providers === undefined;
  const [{ data: saved, error: savedError }, askSaved] = usePolled({ query, variables: {}, pause }, SELDOM);

  return {
    providers,
    storages: data?.storageLocations.map((row) => put(row, providers, saved?.storageLocations)),
    problem: problem ?? told(error, data !== undefined) ?? told(savedError, saved !== undefined),
    /** Asks at once. */
    reload: () => {
      ask({ requestPolicy: 'network-only' });
      if (providers === undefined) {
        // With it, the settings are asked for by themselves.
        askSchema();
      } else if (mayAdminister) {
        askSaved({ requestPolicy: 'network-only' });
      }
    },
  };
}

/** That the server is gone is said above the page, where there is something to be seen yet. */
function told(error: CombinedError | undefined, isKnown: boolean): string | null {
  return error === undefined || (isKnown && error.networkError !== undefined) ? null : inWords(error);
}

function put(
  row: StorageRowFragment,
  providers: readonly Provider[] | undefined,
  all: readonly Saved[] | undefined,
): Storage {
  const provider = providers && providerOf(providers, row.provider);
  const saved = all?.find(({ id }) => id === row.id);
  return { row, provider, settings: provider && saved && settingsOf(provider, saved) };
}
