// The ready-made operations that GraphiQL's tabs open with, in the order somebody new would want them.
import createDataExport from './operations/createDataExport.graphql?raw';
import dataExportProgress from './operations/dataExportProgress.graphql?raw';
import dataExports from './operations/dataExports.graphql?raw';
import dataExportSettings from './operations/dataExportSettings.graphql?raw';

export const operations = [
  { query: dataExports },
  { query: createDataExport },
  { query: dataExportProgress, variables: '{\n  "id": ""\n}' },
  { query: dataExportSettings },
];
