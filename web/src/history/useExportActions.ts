// What can be done with an export at once, each with a word of what came of it.
import { useClient } from 'urql';
import {
  CancelDataExportDocument,
  CreateDataExportDocument,
  DownloadUrlDocument,
  type ExportRowFragment,
  PinDataExportDocument,
  UploadDataExportDocument,
  VerifyDataExportDocument,
} from '../api/operations';
import { inWords, useChange } from '../api/useChange';
import { useMayOperate } from '../session/viewer';
import { tellDone, tellOutcome } from './told';

export interface ExportActions {
  busy: boolean;
  download: () => Promise<void>;
  cancel: () => Promise<void>;
  restart: () => Promise<void>;
  pin: () => Promise<void>;
  verify: () => Promise<void>;
  upload: () => Promise<void>;
}

export function useExportActions(of: ExportRowFragment): ExportActions {
  const client = useClient();
  const operator = useMayOperate();
  const [canceling, cancel] = useChange(CancelDataExportDocument);
  const [creating, create] = useChange(CreateDataExportDocument);
  const [pinning, pin] = useChange(PinDataExportDocument);
  const [verifying, verify] = useChange(VerifyDataExportDocument);
  const [uploading, upload] = useChange(UploadDataExportDocument);
  const { id, name, excludeTables, format, pinned } = of;

  return {
    busy: canceling || creating || pinning || verifying || uploading,
    download: async () => {
      const { data, error } = await client
        .query(DownloadUrlDocument, { id }, { requestPolicy: 'network-only' })
        .toPromise();
      const url = data?.dataExport?.downloadUrl;
      if (url) {
        // The server sends it as a file to be saved, so the page stays.
        location.assign(url);
      } else {
        const message = error ? inWords(error) : 'There is no file of it on the instance.';
        tellOutcome('Download', [{ field: null, message, code: 'FAULT' }]);
      }
    },
    cancel: async () => {
      const { userErrors } = await cancel({ input: { id } });
      tellOutcome('Cancel', userErrors);
    },
    restart: async () => {
      const { userErrors } = await create({ input: { name, excludeTables, format, pinned }, operator });
      if (tellOutcome('Restart', userErrors)) {
        tellDone(`“${name}” is queued again.`);
      }
    },
    pin: async () => {
      const { userErrors } = await pin({ input: { id, pinned: !pinned } });
      if (tellOutcome(pinned ? 'Unpin' : 'Pin', userErrors)) {
        tellDone(pinned ? `“${name}” is counted again.` : `“${name}” is kept whatever the maximum.`);
      }
    },
    verify: async () => {
      const { userErrors } = await verify({ input: { id }, operator });
      if (tellOutcome('Verify', userErrors)) {
        tellDone(`The file of “${name}” is being read back.`);
      }
    },
    upload: async () => {
      const { userErrors } = await upload({ input: { id }, operator });
      if (tellOutcome('Upload', userErrors)) {
        tellDone(`“${name}” goes to every enabled storage that has not got it whole.`);
      }
    },
  };
}
