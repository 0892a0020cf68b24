// The settings of the instance, as the page shows them.
import { SettingsDocument, type SettingsQuery, type SettingsQueryVariables } from '../api/operations';
import type { UseQueryResponse } from 'urql';
import { SELDOM, usePolled } from '../api/usePolled';

export type Settings = SettingsQuery['dataExportSettings'];

export function useSettings(): UseQueryResponse<SettingsQuery, SettingsQueryVariables> {
  return usePolled({ query: SettingsDocument, variables: {} }, SELDOM);
}
