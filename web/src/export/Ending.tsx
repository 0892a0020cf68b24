// How an export ended, if it was not well: why, and what to do; or that somebody called it off.
import { Alert, Anchor, Code, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconBan } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Details } from './useExport';
import { ADVICE } from './words';

export function Ending({ dataExport: { status, failure, restartedAs, startedAt } }: { dataExport: Details }) {
  if (status === 'CANCELED') {
    return (
      <Alert role="note" color="gray" icon={<IconBan aria-hidden />} title="Canceled">
        Somebody called this export off {startedAt === null ? 'before it began' : 'while it ran'}. It has no file.
      </Alert>
    );
  }
  if (status !== 'FAILED' || failure === null) {
    return null;
  }
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="This export failed">
      <Stack gap="xs">
        <Text size="sm">{failure.message}</Text>
        {failure.table !== null && (
          <Text size="sm">
            Table: <strong>{failure.table}</strong>
          </Text>
        )}
        <Text size="sm">
          {restartedAs === null ? (
            <>
              <strong>What to do: </strong>
              {ADVICE[failure.code]}
            </>
          ) : (
            <>
              Nothing needs to be done: Carryall has tried again, as{' '}
              <Anchor component={Link} href={`/exports/${restartedAs.id}`} inherit underline="always">
                {restartedAs.name}
              </Anchor>
              .
            </>
          )}
        </Text>
        <Text size="xs">
          Code: <Code>{failure.code}</Code>
        </Text>
      </Stack>
    </Alert>
  );
}
