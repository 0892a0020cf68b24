// The top of the page: what the export is called, how it stands, what made it, and its file.
import { Anchor, Badge, Code, Group, Paper, Stack, Title } from '@mantine/core';
import { IconPin } from '@tabler/icons-react';
import { useId } from 'react';
import { Link, useLocation } from 'wouter';
import { bytes, count } from '../format/bytes';
import { between } from '../format/duration';
import { Moment } from '../format/Moment';
import { ExportActions } from '../history/ExportActions';
import { StatusBadge } from '../history/StatusBadge';
import { type Fact, Facts } from './Facts';
import { Hash } from './Hash';
import type { Details } from './useExport';
import { FILES, FORMATS } from './words';

export function Head({ dataExport }: { dataExport: Details }) {
  const heading = useId();
  const [, navigate] = useLocation();
  return (
    <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} aria-labelledby={heading}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="md">
          <Stack gap="xs" flex="1 1 20rem" miw={0}>
            <Title order={1} size="h2" id={heading}>
              {dataExport.name}
            </Title>
            <Group gap="xs">
              <StatusBadge of={dataExport} />
              {dataExport.pinned && (
                <Badge variant="default" tt="none" leftSection={<IconPin size={12} aria-hidden />}>
                  Pinned
                </Badge>
              )}
            </Group>
          </Stack>
          <ExportActions
            of={dataExport}
            deleted={() => {
              navigate('/');
            }}
          />
        </Group>
        <Facts facts={facts(dataExport)} />
      </Stack>
    </Paper>
  );
}

function facts(dataExport: Details): readonly Fact[] {
  const { status, fileName, sha256, excludeTables, pinned } = dataExport;
  return [
    ['Made by', <Origin dataExport={dataExport} />],
    ['Asked for', <Moment at={dataExport.createdAt} />],
    ['Started', dataExport.startedAt === null ? NOT_STARTED[status] : <Moment at={dataExport.startedAt} />],
    dataExport.finishedAt !== null && [ENDED[status] ?? 'Ended', <Moment at={dataExport.finishedAt} />],
    dataExport.startedAt !== null &&
      dataExport.finishedAt !== null && ['Took', between(dataExport.startedAt, dataExport.finishedAt)],
    ['Format', FORMATS[dataExport.format]],
    excludeTables.length > 0 && ['Leaves out', <Patterns patterns={excludeTables} />],
    pinned && ['Kept', 'Until somebody deletes it: it is pinned'],
    status === 'COMPLETED' && ['File', FILES[dataExport.fileStatus]],
    dataExport.sizeBytes !== null && [
      'Size',
      <span title={`${count(dataExport.sizeBytes)} bytes`}>{bytes(dataExport.sizeBytes)}</span>,
    ],
    fileName !== null && ['File name', fileName, 'wide'],
    sha256 !== null && ['SHA-256 of the file', <Hash value={sha256} of="the file" />, 'wide'],
  ];
}

const NOT_STARTED: Partial<Record<Details['status'], string>> = {
  QUEUED: 'Not yet',
  CANCELED: 'Never',
  FAILED: 'Never',
};

const ENDED: Partial<Record<Details['status'], string>> = {
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELED: 'Canceled',
};

/** What made the export. */
function Origin({ dataExport: { trigger, createdBy, restartOf } }: { dataExport: Details }) {
  if (trigger === 'AUTOMATIC') {
    return 'The nightly schedule';
  }
  if (trigger === 'RESTART') {
    return restartOf === null ? (
      'Carryall, since the server was stopped while it ran'
    ) : (
      <>
        Carryall, as a restart of{' '}
        <Anchor component={Link} href={`/exports/${restartOf.id}`} inherit underline="always">
          {restartOf.name}
        </Anchor>
      </>
    );
  }
  return createdBy === null ? 'Hand' : `${createdBy}, by hand`;
}

function Patterns({ patterns }: { patterns: readonly string[] }) {
  return (
    <Group component="span" gap={4}>
      {patterns.map((pattern) => (
        <Code key={pattern}>{pattern}</Code>
      ))}
    </Group>
  );
}
