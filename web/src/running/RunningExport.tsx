// How far one export is: followed by subscription, which comes back by itself when the connection was lost.
import { Anchor, Button, Group, Paper, Progress, Text, VisuallyHidden } from '@mantine/core';
import { useSubscription } from 'urql';
import { Link } from 'wouter';
import { type ExportRowFragment, WatchDocument } from '../api/operations';
import { bytes, count } from '../format/bytes';
import { duration } from '../format/duration';
import { StatusBadge } from '../history/StatusBadge';
import { useExportActions } from '../history/useExportActions';
import { useMayOperate } from '../session/viewer';

const PHASES: Record<ExportRowFragment['progress']['phase'], string> = {
  QUEUED: 'Waiting for its turn',
  CONNECTING: 'Connecting to the sources',
  EXPORTING: 'Reading tables',
  VERIFYING: 'Reading the archive back',
  DONE: 'Done',
};

export function RunningExport({ of, linked = true }: { of: ExportRowFragment; linked?: boolean }) {
  const operator = useMayOperate();
  // What it says goes into the cache, and from there into `of`.
  useSubscription({ query: WatchDocument, variables: { id: of.id, operator } });
  const { progress } = of;
  const phase = PHASES[progress.phase];
  const { percent } = progress;
  const unknown = percent === null && of.status === 'RUNNING';
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" gap="sm" mb="xs">
        <Group gap="sm">
          {linked ? (
            <Anchor component={Link} href={`/exports/${of.id}`} fw={600}>
              {of.name}
            </Anchor>
          ) : (
            <Text fw={600}>{phase}</Text>
          )}
          <StatusBadge of={of} />
        </Group>
        {operator && <Cancel of={of} />}
      </Group>
      <Progress.Root size="lg">
        <Progress.Section
          value={percent ?? (unknown ? 100 : 0)}
          striped={unknown}
          animated={unknown}
          color={of.status === 'QUEUED' ? 'gray' : 'lagoon'}
          // Mantine's own would say 100 percent while nothing is known.
          withAria={false}
          role="progressbar"
          aria-label={`Progress of ${of.name}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent ?? undefined}
          aria-valuetext={percent === null ? phase : `${Math.floor(percent)} percent`}
        />
      </Progress.Root>
      <Details of={of} />
      <VisuallyHidden role="status">{`${of.name}: ${phase}`}</VisuallyHidden>
    </Paper>
  );
}

function Cancel({ of }: { of: ExportRowFragment }) {
  const { cancel, busy } = useExportActions(of);
  return (
    <Button
      variant="default"
      size="xs"
      loading={busy}
      disabled={of.cancelRequested}
      onClick={() => void cancel()}
      aria-label={`Cancel ${of.name}`}
    >
      {of.cancelRequested ? 'Canceling…' : 'Cancel'}
    </Button>
  );
}

function Details({ of: { progress, status } }: { of: ExportRowFragment }) {
  const { phase, percent, currentTable, tablesDone, tablesTotal, rowsDone, rowsEstimated } = progress;
  const facts = [
    PHASES[phase],
    percent !== null && `${Math.floor(percent)} %`,
    tablesTotal > 0 && `${count(tablesDone)} of ${count(tablesTotal)} tables`,
    rowsDone !== '0' && `${count(rowsDone)}${rowsEstimated === null ? '' : ` of about ${count(rowsEstimated)}`} rows`,
    progress.bytesPerSecond !== null && `${bytes(progress.bytesPerSecond)}/s`,
    progress.etaSeconds !== null && status === 'RUNNING' && `about ${duration(progress.etaSeconds * 1000)} left`,
  ].filter((fact) => fact !== false);
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {facts.join(' · ')}
      {currentTable !== null && (
        <>
          {' · '}
          <Text span ff="monospace">
            {currentTable}
          </Text>
        </>
      )}
    </Text>
  );
}
