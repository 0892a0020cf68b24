// What is different from the export before: which tables came and went, and how their rows changed.
import { Anchor, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { PreviousExportDocument, type PreviousExportQuery } from '../api/operations';
import { count, counted } from '../format/bytes';
import { Moment } from '../format/Moment';
import classes from './Changes.module.css';
import { compare, type Difference } from './compare';
import { type Column, DataTable } from './DataTable';
import { Fault } from './Fault';
import { Section } from './Section';
import { tableKey, tableName } from './tableName';
import type { Details } from './useExport';
import { type Table, type Tables, useTables } from './useTables';

type Previous = NonNullable<NonNullable<PreviousExportQuery['dataExport']>['previous']>;

export function Changes({ dataExport, tables }: { dataExport: Details; tables: Tables }) {
  // Asked anew each time: the one before may have been deleted, and then it is another.
  const [{ data, error }, ask] = useQuery({
    query: PreviousExportDocument,
    variables: { id: dataExport.id },
    requestPolicy: 'cache-and-network',
  });
  const previous = data?.dataExport?.previous;
  return (
    <Section title="Changes">
      {previous && <Against key={previous.id} dataExport={dataExport} previous={previous} tables={tables} />}
      {previous === null && (
        <Text size="sm" c="dimmed">
          There is no completed export before this one to compare it with.
        </Text>
      )}
      {previous === undefined && error === undefined && (
        <Text size="sm" c="dimmed">
          Loading…
        </Text>
      )}
      {previous === undefined && error !== undefined && (
        <Fault
          title="The export before cannot be read"
          error={error}
          again={() => {
            ask({ requestPolicy: 'network-only' });
          }}
        />
      )}
    </Section>
  );
}

function Against({ dataExport, previous, tables }: { dataExport: Details; previous: Previous; tables: Tables }) {
  const before = useTables(previous.id);
  const ready = before.complete && tables.complete;
  const error = before.error ?? tables.error;
  const patterns = (excluded: readonly string[]) => JSON.stringify([...excluded].sort());
  return (
    <>
      <Text size="sm">
        Against{' '}
        <Anchor component={Link} href={`/exports/${previous.id}`} inherit underline="always">
          {previous.name}
        </Anchor>
        , completed <Moment at={previous.finishedAt} inline />.
      </Text>
      {patterns(dataExport.excludeTables) !== patterns(previous.excludeTables) && (
        <Text size="sm">The two do not leave out the same tables, so some may be new or gone for that reason.</Text>
      )}
      {error !== undefined && (
        <Fault
          title="The two cannot be compared"
          error={error}
          again={() => {
            before.goOn();
            tables.goOn();
          }}
        />
      )}
      {ready && <Found before={before.tables} now={tables.tables} byContent={dataExport.format === previous.format} />}
      {!ready && error === undefined && (
        <Text size="sm" c="dimmed" role="status">
          Comparing… {count(before.tables.length + tables.tables.length)} of{' '}
          {count((before.total ?? 0) + (tables.total ?? 0))} tables loaded
        </Text>
      )}
    </>
  );
}

interface Compared {
  before: readonly Table[];
  now: readonly Table[];
  byContent: boolean;
}

function Found({ before, now, byContent }: Compared) {
  const { differences, same } = useMemo(() => compare(before, now, byContent), [before, now, byContent]);
  return (
    <>
      {differences.length > 0 && <Text size="sm">{summary(differences)}</Text>}
      <DataTable
        label="Changes"
        columns={COLUMNS}
        rows={differences}
        rowKey={({ table }) => tableKey(table)}
        none={
          byContent ? 'Nothing has changed.' : 'No table was added or removed, and all have as many rows as before.'
        }
      />
      {!byContent && differences.length > 0 && (
        <Text size="sm" c="dimmed">
          The two are in different formats, so only rows are compared.
        </Text>
      )}
      {same.length > 0 && (
        <details className={classes.same}>
          <summary>{counted(same.length, 'table', 'tables')} unchanged</summary>
          <p>{same.map(tableName).join(', ')}</p>
        </details>
      )}
    </>
  );
}

const COLUMNS: readonly Column<Difference>[] = [
  { title: 'Table', cell: ({ table }) => tableName(table) },
  { title: 'Source', cell: ({ table }) => table.source },
  { title: 'What changed', cell: ({ kind }) => KINDS[kind] },
  { title: 'Rows before', numeric: true, cell: ({ before }) => rows(before) },
  { title: 'Rows now', numeric: true, cell: ({ now }) => rows(now) },
  { title: 'Difference', numeric: true, cell: (difference) => <More {...difference} /> },
];

const KINDS: Record<Difference['kind'], string> = {
  added: 'New table',
  removed: 'No longer there',
  rows: 'Rows',
  content: 'Content',
};

function rows(number: bigint | null): string {
  return number === null ? '–' : count(number.toString());
}

function More({ more }: Difference) {
  const direction = more > 0n ? 'more' : more < 0n ? 'fewer' : 'none';
  const size = count((more < 0n ? -more : more).toString());
  return (
    <span className={classes.difference} data-direction={direction}>
      {{ more: '+', fewer: '−', none: '' }[direction]}
      {size}
    </span>
  );
}

/** Such as "1 new table, 2 with more rows, 3 with other content". */
function summary(differences: readonly Difference[]): string {
  const number = (is: (difference: Difference) => boolean) => differences.filter(is).length;
  const parts: [number, string][] = [
    [number(({ kind }) => kind === 'added'), 'new'],
    [number(({ kind }) => kind === 'removed'), 'no longer there'],
    [number(({ kind, more }) => kind === 'rows' && more > 0n), 'with more rows'],
    [number(({ kind, more }) => kind === 'rows' && more < 0n), 'with fewer rows'],
    [number(({ kind }) => kind === 'content'), 'with as many rows but other content'],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`);
  return `${counted(differences.length, 'table')} changed: ${said.join(', ')}.`;
}
