// The settings of the instance, as the page shows them.
import { SettingsDocument, type SettingsQuery } from '../api/operations';
import { type Polled, SELDOM, usePolled } from '../api/usePolled';

export type Settings = SettingsQuery['dataExportSettings'];

export function useSettings(): Polled<SettingsQuery> {
  return usePolled({ query: SettingsDocument, variables: {} }, SELDOM);
}
