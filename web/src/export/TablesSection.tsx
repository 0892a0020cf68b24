// The tables in the archive.
import { Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { bytes, count, counted } from '../format/bytes';
import { type Column, DataTable } from './DataTable';
import { Fault } from './Fault';
import { Hash } from './Hash';
import { Section } from './Section';
import { tableName } from './tableName';
import type { Table, Tables } from './useTables';

const COLUMNS: readonly Column<Table>[] = [
  { title: 'Table', cell: tableName },
  { title: 'Source', cell: ({ source }) => source },
  { title: 'Rows', numeric: true, cell: ({ rowCount }) => count(rowCount) },
  { title: 'Size', numeric: true, cell: (table) => bytes(table.bytes) },
  { title: 'SHA-256', cell: (table) => <Hash value={table.sha256} of={tableName(table)} short /> },
  { title: 'File in the archive', cell: ({ fileName }) => fileName },
];

/** With fewer tables than this, all can be seen at a glance. */
const WORTH_FILTERING = 12;

export function TablesSection({ tables: { tables, total, complete, error, goOn } }: { tables: Tables }) {
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const rows =
    wanted === ''
      ? tables
      : tables.filter((table) => `${table.source}/${tableName(table)}`.toLowerCase().includes(wanted));
  return (
    <Section
      title="Tables"
      aside={total !== undefined && <Text size="sm">{counted(total, 'table or file', 'tables and files')}</Text>}
    >
      {complete && tables.length > WORTH_FILTERING && (
        <Stack gap={4}>
          <TextInput
            label="Filter by name"
            value={filter}
            leftSection={<IconSearch size={16} aria-hidden />}
            maw="24rem"
            onChange={(event) => {
              setFilter(event.currentTarget.value);
            }}
          />
          <Text size="xs" c="dimmed" role="status">
            {wanted !== '' && `${counted(rows.length, 'match', 'matches')} among ${count(tables.length)}`}
          </Text>
        </Stack>
      )}
      {total !== undefined && (
        <DataTable
          key={wanted}
          label="Tables"
          columns={COLUMNS}
          rows={rows}
          rowKey={({ fileName }) => fileName}
          total={complete ? totals(rows, wanted !== '') : undefined}
          none={wanted === '' ? 'There is no table in this export.' : 'No table has such a name.'}
        />
      )}
      {error === undefined ? (
        !complete && (
          <Text size="sm" c="dimmed" role="status">
            {total === undefined ? 'Loading…' : `Loading… ${count(tables.length)} of ${count(total)}`}
          </Text>
        )
      ) : (
        <Fault title="The tables cannot all be shown" error={error} again={goOn} />
      )}
    </Section>
  );
}

function totals(rows: readonly Table[], filtered: boolean): readonly string[] {
  const sum = (number: (table: Table) => string) =>
    rows.reduce((all, table) => all + BigInt(number(table)), 0n).toString();
  const length = sum((table) => table.bytes);
  return [
    filtered ? 'These together' : 'All together',
    '',
    count(sum(({ rowCount }) => rowCount)),
    bytes(length),
    '',
    '',
  ];
}
