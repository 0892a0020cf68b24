// One copy of the export at a storage: how it stands, and what keeps it.
import { Alert, Badge, Code, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { bytes, count } from '../format/bytes';
import { Moment } from '../format/Moment';
import { CopyActions } from './CopyActions';
import classes from './Copy.module.css';
import { Facts } from './Facts';
import type { Details } from './useExport';
import { COPY_FAILURES, copyWord } from './words';

type Upload = Details['uploads'][number];

export function Copy({ copy, dataExport }: { copy: Upload; dataExport: Details }) {
  const { storage, status, attempts, failure, verifying } = copy;
  const { color, label, text } = standing(copy, isMade(dataExport));
  return (
    <Paper withBorder p="md" className={classes.copy ?? ''}>
      <Stack gap="sm" className={classes.facts ?? ''}>
        <Group justify="space-between" gap="xs" align="flex-start">
          <Title order={3} size="h5">
            {storage.name}
          </Title>
          <Badge color={color} variant="light" tt="none">
            {label}
          </Badge>
        </Group>
        <Text size="sm">{verifying ? 'It is being verified again.' : text}</Text>
        {status === 'UPLOADING' && <Sent copy={copy} />}
        {failure !== null && (
          <Alert role="note" color={status === 'UPLOADED' ? 'gray' : 'yellow'} title={LAST[status]}>
            <Text size="sm">{failure.message ?? COPY_FAILURES[failure.code]}</Text>
            <Text size="xs" mt={4}>
              <Code>{failure.code}</Code>
              {failure.occurredAt !== null && (
                <>
                  , <Moment at={failure.occurredAt} inline />
                </>
              )}
            </Text>
          </Alert>
        )}
        <Facts
          narrow
          facts={[
            ['Attempts', count(attempts)],
            status === 'PENDING' && copy.nextAttemptAt !== null && ['Next attempt', <Moment at={copy.nextAttemptAt} />],
            copy.uploadedAt !== null && ['Arrived', <Moment at={copy.uploadedAt} />],
            copy.verifiedAt !== null && ['Last found whole', <Moment at={copy.verifiedAt} />],
            copy.path !== undefined && ['Path', <Code>{copy.path}</Code>, 'wide'],
          ]}
        />
      </Stack>
      <CopyActions copy={copy} dataExport={dataExport} />
    </Paper>
  );
}

const LAST: Record<Upload['status'], string> = {
  PENDING: 'Why the last attempt failed',
  UPLOADING: 'Why the attempt before failed',
  FAILED: 'Why it was given up',
  UPLOADED: 'What failed before',
  DELETING: 'Why it could not be removed yet',
};

function isMade({ status }: Details): boolean {
  return status === 'COMPLETED';
}

/** How the copy stands, in a word with its colour and in a sentence. */
function standing(copy: Upload, made: boolean): { color: string; label: string; text: string } {
  const label = copyWord(copy);
  switch (copy.status) {
    case 'PENDING':
      if (copy.failure !== null) {
        return { color: 'yellow', label, text: 'It did not arrive yet, and is tried again by itself.' };
      }
      return made
        ? { color: 'gray', label, text: 'It waits for its turn.' }
        : { color: 'gray', label, text: 'It is sent when the export is completed.' };
    case 'UPLOADING':
      return { color: copy.failure === null ? 'blue' : 'yellow', label, text: 'It is being sent.' };
    case 'UPLOADED':
      return { color: 'green', label, text: 'It is there, and the storage has said that it is whole.' };
    case 'FAILED':
      return { color: 'yellow', label, text: 'It did not arrive, and is not tried again by itself.' };
    case 'DELETING':
      return { color: 'gray', label, text: 'It is being removed from the storage.' };
  }
}

function Sent({ copy: { bytesDone, sizeBytes, storage } }: { copy: Upload }) {
  // Both may be beyond 2^53; of a bar, nobody sees that.
  const percent = sizeBytes === null || Number(sizeBytes) === 0 ? 0 : (100 * Number(bytesDone)) / Number(sizeBytes);
  return (
    <Stack gap={4}>
      <Progress value={percent} aria-label={`Sent to ${storage.name}`} />
      <Text size="xs" c="dimmed">
        {bytes(bytesDone)} of {bytes(sizeBytes)}
      </Text>
    </Stack>
  );
}
