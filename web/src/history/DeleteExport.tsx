// Asks before an export is deleted, and says what goes with it.
import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { DeleteDataExportDocument, type ExportRowFragment } from '../api/operations';
import { useChange } from '../api/useChange';
import { bytes } from '../format/bytes';

interface Props {
  opened: boolean;
  of: ExportRowFragment;
  close: () => void;
  deleted: () => void;
}

export function DeleteExport({ opened, ...asked }: Props) {
  return (
    <Modal opened={opened} onClose={asked.close} title={`Delete “${asked.of.name}”?`} size="lg">
      <Question {...asked} />
    </Modal>
  );
}

function Question({ of, close, deleted }: Omit<Props, 'opened'>) {
  const [busy, remove] = useChange(DeleteDataExportDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async () => {
    const { userErrors } = await remove({ input: { id: of.id } });
    const [first] = userErrors;
    if (first === undefined) {
      close();
      deleted();
    } else {
      setProblem(first.message);
    }
  };
  return (
    <Stack>
      <div>
        <Text>This is removed for good:</Text>
        <List mt="xs">
          <List.Item>its entry in the history, with the file’s password</List.Item>
          {of.fileStatus === 'AVAILABLE' && (
            <List.Item>
              the file {of.fileName} ({bytes(of.sizeBytes)}) on this instance
            </List.Item>
          )}
          {of.uploads.map(({ storage, status }) => (
            <List.Item key={storage.id}>
              {status === 'UPLOADED' ? 'its copy at' : 'what there is of it at'} {storage.name}
            </List.Item>
          ))}
        </List>
      </div>
      {problem !== null && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={busy} onClick={() => void confirm()}>
          Delete
        </Button>
      </Group>
    </Stack>
  );
}
