// The rows of the history: a table where there is room, and cards on a phone.
import { Anchor, Badge, Group, Table, Text } from '@mantine/core';
import { IconPinFilled } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { ExportRowFragment } from '../api/operations';
import { bytes } from '../format/bytes';
import { between } from '../format/duration';
import { Moment } from '../format/Moment';
import { useMayOperate } from '../session/viewer';
import { CopiesBadge } from './CopiesBadge';
import { ExportActions } from './ExportActions';
import { StatusBadge } from './StatusBadge';
import classes from './HistoryTable.module.css';

export function HistoryTable({ exports }: { exports: readonly ExportRowFragment[] }) {
  const operates = useMayOperate();
  return (
    // The roles are written down: as cards on a phone, the elements would lose theirs.
    <Table role="table" className={classes.table ?? ''} verticalSpacing="sm" aria-labelledby="history">
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          <Table.Th role="columnheader" scope="col">
            Name
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            Created
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            Status
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            File
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            Duration
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            Copies
          </Table.Th>
          {operates && (
            <Table.Th role="columnheader" scope="col">
              File and password
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {exports.map((of) => (
          <Row key={of.id} of={of} operates={operates} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ of, operates }: { of: ExportRowFragment; operates: boolean }) {
  return (
    <Table.Tr role="row">
      <Table.Th role="rowheader" scope="row" className={classes.name ?? ''}>
        <Anchor component={Link} href={`/exports/${of.id}`} fw={600} lineClamp={3} title={of.name}>
          {of.name}
        </Anchor>
        <Origin of={of} />
      </Table.Th>
      <Table.Td role="cell" data-label="Created">
        <Moment at={of.createdAt} />
      </Table.Td>
      <Table.Td role="cell" data-label="Status">
        <div>
          <StatusBadge of={of} />
          {of.failure && (
            <Text size="xs" mt={2} lineClamp={2} title={of.failure.message}>
              {of.failure.message}
            </Text>
          )}
        </div>
      </Table.Td>
      <Table.Td role="cell" data-label="File" className={classes.file ?? ''}>
        <File of={of} />
      </Table.Td>
      <Table.Td role="cell" data-label="Duration">
        {between(of.startedAt, of.finishedAt)}
      </Table.Td>
      <Table.Td role="cell" data-label="Copies">
        <div>
          <CopiesBadge of={of} />
        </div>
      </Table.Td>
      {operates && (
        <Table.Td role="cell" data-label="">
          <ExportActions of={of} compact />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** What made it, where that is not somebody's wish, and whether it is kept. */
function Origin({ of: { trigger, pinned, createdBy } }: { of: ExportRowFragment }) {
  return (
    <Group gap={6} mt={2}>
      {trigger === 'AUTOMATIC' && (
        <Badge size="sm" variant="default" tt="none">
          Automatic
        </Badge>
      )}
      {trigger === 'RESTART' && (
        <Badge size="sm" variant="default" tt="none">
          Restart
        </Badge>
      )}
      {pinned && (
        <Badge size="sm" variant="default" tt="none" leftSection={<IconPinFilled size={12} aria-hidden />}>
          Pinned
        </Badge>
      )}
      {trigger === 'MANUAL' && createdBy !== null && (
        <Text span size="xs" c="dimmed">
          by {createdBy}
        </Text>
      )}
    </Group>
  );
}

function File({ of: { fileName, fileStatus, sizeBytes } }: { of: ExportRowFragment }) {
  if (fileName === null) {
    return <Text c="dimmed">–</Text>;
  }
  return (
    <div>
      <Text size="sm" ff="monospace">
        {fileName}
      </Text>
      <Text size="xs" c="dimmed">
        {bytes(sizeBytes)}
        {fileStatus === 'REMOVED' && ' · no longer on the instance'}
        {fileStatus === 'FILE_UNAVAILABLE' && ' · not there any more: moved or changed by somebody else'}
      </Text>
    </div>
  );
}
