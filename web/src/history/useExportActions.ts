// What can be done with an export at once, each with a word of what came of it.
import { useState } from 'react';
import {
  CancelDataExportDocument,
  CreateDataExportDocument,
  DownloadUrlDocument,
  type ExportRowFragment,
  PinDataExportDocument,
  UploadDataExportDocument,
  VerifyDataExportDocument,
} from '../api/operations';
import { useUncached } from '../api/uncached';
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
  const client = useUncached();
  const [downloading, setDownloading] = useState(false);
  const operator = useMayOperate();
  const [canceling, cancel] = useChange(CancelDataExportDocument);
  const [creating, create] = useChange(CreateDataExportDocument);
  const [pinning, pin] = useChange(PinDataExportDocument);
  const [verifying, verify] = useChange(VerifyDataExportDocument);
  const [uploading, upload] = useChange(UploadDataExportDocument);
  const { id, name, excludeTables, format, pinned } = of;

  return {
    busy: downloading || canceling || creating || pinning || verifying || uploading,
    download: async () => {
      setDownloading(true);
      const { data, error } = await client.query(DownloadUrlDocument, { id }).toPromise();
      setDownloading(false);
      const url = data?.dataExport?.downloadUrl;
      if (url) {
        save(url);
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

/** Has the browser save what is at an address. The page stays, even if the server refuses it. */
function save(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
