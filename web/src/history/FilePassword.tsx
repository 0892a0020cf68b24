// The password of an archive, asked for when somebody wants to see it, with the command that opens the archive.
import { Alert, Button, Code, Group, Loader, Modal, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { OperationResult } from '@urql/core';
import { useEffect, useId, useState } from 'react';
import { FilePasswordDocument, type FilePasswordQuery } from '../api/operations';
import { useUncached } from '../api/uncached';
import { inWords } from '../api/useChange';

interface Props {
  opened: boolean;
  id: string;
  name: string;
  close: () => void;
}

export function FilePassword({ opened, id, name, close }: Props) {
  return (
    <Modal opened={opened} onClose={close} title={`Password of “${name}”`} size="lg">
      <Password id={id} />
    </Modal>
  );
}

function Password({ id }: { id: string }) {
  const client = useUncached();
  const [answer, setAnswer] = useState<OperationResult<FilePasswordQuery> | null>(null);
  useEffect(() => {
    // Gone with the dialog, and asked for each time: the server notes who has read a password.
    void client.query(FilePasswordDocument, { id }).toPromise().then(setAnswer);
  }, [client, id]);
  const found = answer?.data?.dataExport;
  const error = answer?.error;
  if (error) {
    return <Alert color="red">{inWords(error)}</Alert>;
  }
  if (!found?.filePassword) {
    return answer === null ? (
      <Loader aria-label="Asking for the password" />
    ) : (
      <Alert color="orange">There is no password: no file was made.</Alert>
    );
  }
  return (
    <Stack gap="md">
      <Copied label="File password" text={found.filePassword} />
      <Copied label="Open it with 7-Zip" text={`7z x ${found.fileName ?? ''}`} />
      <Text size="sm" c="dimmed">
        7-Zip asks for the password: paste it there, not into the command, where other users of the machine could see
        it. That you have read the password is noted in the audit log.
      </Text>
    </Stack>
  );
}

/** A text to be copied. It can be selected too: browsers have no clipboard for pages that come without TLS from elsewhere. */
function Copied({ label, text }: { label: string; text: string }) {
  const id = useId();
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <div>
      <Text id={id} fw={600} size="sm" mb={4}>
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap" align="stretch">
        <Code block aria-labelledby={id} flex={1} style={{ userSelect: 'all', whiteSpace: 'pre-wrap' }}>
          {text}
        </Code>
        <Button
          variant="default"
          h="auto"
          onClick={() => {
            clipboard.copy(text);
          }}
          leftSection={clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          aria-label={`Copy: ${label}`}
        >
          {clipboard.copied ? 'Copied' : clipboard.error === null ? 'Copy' : 'Select it'}
        </Button>
      </Group>
      <VisuallyHidden role="status">{clipboard.copied ? `${label}: copied` : ''}</VisuallyHidden>
    </div>
  );
}
