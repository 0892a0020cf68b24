// What the page knows of the server, each thing once: what a subscription says of an export is at once in all its views.
import { cacheExchange, type Cache, type KeyingConfig } from '@urql/exchange-graphcache';
import { SettingsDocument, type UpdateSettingsMutation } from './operations';

/**
 * Things with an `id` are told apart by it; all others are parts of something else, or there is only one of them. By rule and
 * not by a list of types, so that one which is added to the schema needs no line here.
 */
const keys: KeyingConfig = new Proxy<KeyingConfig>({}, { get: () => idOrPart });

function idOrPart({ id }: { id?: unknown }): string | null {
  return typeof id === 'string' ? id : null;
}

function forget(cache: Cache, field: string): void {
  for (const { fieldName, arguments: args } of cache.inspectFields('Query')) {
    if (fieldName === field) {
      cache.invalidate('Query', fieldName, args ?? undefined);
    }
  }
}

/** A change of one thing comes with the thing. Of what a change does to lists, the server is asked again. */
export const cache = () =>
  cacheExchange({
    keys,
    updates: {
      Mutation: {
        createDataExport: (_result, _args, cache) => {
          forget(cache, 'dataExports');
        },
        deleteDataExport: (_result, _args, cache) => {
          forget(cache, 'dataExports');
          forget(cache, 'dataExport');
        },
        updateDataExportSettings: ({ updateDataExportSettings }: UpdateSettingsMutation, _args, cache) => {
          const { settings } = updateDataExportSettings;
          if (settings !== null) {
            cache.updateQuery({ query: SettingsDocument }, () => ({ dataExportSettings: settings }));
          }
          forget(cache, 'dataExports');
          forget(cache, 'retentionPreview');
        },
        createStorageLocation: (_result, _args, cache) => {
          forget(cache, 'storageLocations');
        },
        deleteStorageLocation: (_result, _args, cache) => {
          forget(cache, 'storageLocations');
          forget(cache, 'dataExports');
        },
        // Its settings are not in the answer: which those are, only the schema knows.
        updateStorageLocation: (_result, { input }, cache) => {
          const { id } = input as { id: string };
          cache.invalidate({ __typename: 'StorageLocation', id }, 'config');
        },
        testStorageLocation: (_result, _args, cache) => {
          forget(cache, 'storageLocations');
        },
      },
    },
  });
