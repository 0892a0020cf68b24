// What operators can do with one copy: have it sent again, and have it verified.
import { Alert, Button, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconShieldCheck, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { UploadDataExportDocument, VerifyDataExportDocument } from '../api/operations';
import { useChange, type UserError } from '../api/useChange';
import { useMayOperate } from '../session/viewer';
import type { Details } from './useExport';

interface Props {
  copy: Details['uploads'][number];
  dataExport: Details;
}

export function CopyActions({ copy: { status, storage, failure, verifying }, dataExport: { id, fileStatus } }: Props) {
  const operator = useMayOperate();
  const [sending, send] = useChange(UploadDataExportDocument);
  const [beginning, verify] = useChange(VerifyDataExportDocument);
  const [problems, setProblems] = useState<readonly UserError[]>([]);
  // Only a file that is there can be sent, and what is on its way, or about to be, is not begun anew.
  const waits = status === 'PENDING' && failure === null;
  const sendable = fileStatus === 'AVAILABLE' && !waits && status !== 'UPLOADING' && status !== 'DELETING';
  const verifiable = status === 'UPLOADED';
  if (!operator || !(sendable || verifiable)) {
    return null;
  }

  const run = async (change: typeof send | typeof verify, done: string) => {
    setProblems([]);
    const { userErrors } = await change({ input: { id, storageId: storage.id }, operator });
    setProblems(userErrors);
    if (userErrors.length === 0) {
      notifications.show({ message: done });
    }
  };

  return (
    <Stack gap="xs">
      {problems.length > 0 && (
        <Alert color="red" role="alert">
          {problems.map(({ message }) => message).join(' ')}
        </Alert>
      )}
      <Group gap="xs">
        {sendable && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUpload size={14} aria-hidden />}
            loading={sending}
            aria-label={`${status === 'PENDING' ? 'Try now' : 'Upload again'}: ${storage.name}`}
            onClick={() => void run(send, `It is sent to ${storage.name} again.`)}
          >
            {status === 'PENDING' ? 'Try now' : 'Upload again'}
          </Button>
        )}
        {verifiable && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconShieldCheck size={14} aria-hidden />}
            loading={beginning}
            disabled={verifying}
            aria-label={`Verify this copy: ${storage.name}`}
            onClick={() => void run(verify, `The copy at ${storage.name} is being verified.`)}
          >
            {verifying ? 'Being verified' : 'Verify this copy'}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
