// What the page knows of the server, each thing once: what a subscription says of an export is at once in all its views.
import { cacheExchange, type Cache } from '@urql/exchange-graphcache';

/** Things with an `id` are told apart by it. These are parts of something else, or there is only one of them. */
const PARTS = [
  'AmazonS3',
  'AzureBlob',
  'DataExportConnection',
  'DataExportEdge',
  'DataExportProgress',
  'DataExportSettings',
  'DigitaloceanSpaces',
  'Dropbox',
  'ExportFailure',
  'ExportVerification',
  'ExportedTable',
  'ExportedTableConnection',
  'ExportedTableEdge',
  'GoogleCloudStorage',
  'PageInfo',
  'Rackspace',
  'RetentionDecision',
  'Scaleway',
  'Sftp',
  'SourceSnapshot',
  'StorageFailure',
  'StorageTestStep',
  'Upload',
  'UserError',
  'Viewer',
  // Of introspection, from which the storages' forms are drawn.
  '__EnumValue',
  '__Field',
  '__InputValue',
  '__Type',
];

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
    keys: Object.fromEntries(PARTS.map((part) => [part, () => null])),
    updates: {
      Mutation: {
        createDataExport: (_result, _args, cache) => {
          forget(cache, 'dataExports');
        },
        deleteDataExport: (_result, _args, cache) => {
          forget(cache, 'dataExports');
          forget(cache, 'dataExport');
        },
        updateDataExportSettings: (_result, _args, cache) => {
          forget(cache, 'dataExportSettings');
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
      Subscription: {
        storageLocationTest: ({ storageLocationTest }, _args, cache) => {
          if ((storageLocationTest as { finished: boolean }).finished) {
            forget(cache, 'storageLocations');
          }
        },
      },
    },
  });
