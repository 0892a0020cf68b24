// Asks before a lower maximum is saved, and says what it removes.
import { Alert, Button, Group, List, Loader, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from 'urql';
import { RetentionPreviewDocument, type RetentionPreviewQuery } from '../api/operations';
import { inWords } from '../api/useChange';
import { Moment } from '../format/Moment';

interface Props {
  opened: boolean;
  maximum: number;
  confirm: () => void;
  close: () => void;
}

/** As many are named; of the rest, the number. */
const NAMED = 10;

export function LowerMaximum({ opened, ...asked }: Props) {
  return (
    <Modal opened={opened} onClose={asked.close} title={`Keep at most ${asked.maximum}?`} size="lg">
      <Question {...asked} />
    </Modal>
  );
}

function Question({ maximum, confirm, close }: Omit<Props, 'opened'>) {
  const [{ data, error }] = useQuery({
    query: RetentionPreviewDocument,
    variables: { maximumExports: maximum },
    requestPolicy: 'network-only',
  });
  const removed = data?.retentionPreview.filter(({ keep }) => !keep);
  return (
    <Stack>
      {error && <Alert color="red">{inWords(error)}</Alert>}
      {!error && !removed && <Loader aria-label="Asking what will be removed" />}
      {removed && <Removed removed={removed} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          Leave it as it is
        </Button>
        <Button color={removed?.length === 0 ? 'lagoon' : 'red'} disabled={!removed} onClick={confirm}>
          {removed?.length === 0 ? 'Save' : 'Save and remove'}
        </Button>
      </Group>
    </Stack>
  );
}

function Removed({ removed }: { removed: RetentionPreviewQuery['retentionPreview'] }) {
  if (removed.length === 0) {
    return <Text>Nothing is removed by it now.</Text>;
  }
  return (
    <div>
      <Text>This removes for good, at once:</Text>
      <List mt="xs">
        {removed.slice(0, NAMED).map(({ dataExport, storage }) => (
          <List.Item key={`${dataExport.id} ${storage?.id ?? ''}`}>
            {dataExport.name} (<Moment at={dataExport.createdAt} inline />){' '}
            {storage === null ? 'on this instance' : `at ${storage.name}`}
          </List.Item>
        ))}
      </List>
      {removed.length > NAMED && <Text mt="xs">and {removed.length - NAMED} more.</Text>}
    </div>
  );
}
