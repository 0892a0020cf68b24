// A table that shows its rows a hundred at a time, and as cards where the page is narrow.
import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { count } from '../format/bytes';
import classes from './DataTable.module.css';

export interface Column<Row> {
  title: string;
  numeric?: boolean;
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  /** What the table is called, for those who cannot see what stands above it. */
  label: string;
  /** The first names the row. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The last line, a cell a column. */
  total?: readonly ReactNode[] | undefined;
  /** What stands in place of rows where there are none. */
  none: string;
}

const PAGE = 100;

// As cards, the table's parts are laid out as blocks, and some browsers then no longer take them for a table's: so the
// roles are written down.
export function DataTable<Row>({ label, columns, rows, rowKey, total, none }: Props<Row>) {
  const [shown, setShown] = useState(PAGE);
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <>
      <table role="table" className={classes.table} aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title, numeric }) => (
              <th key={title} role="columnheader" scope="col" data-numeric={numeric}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.slice(0, shown).map((row) => (
            <tr key={rowKey(row)} role="row">
              <Cells columns={columns} cells={columns.map(({ cell }) => cell(row))} />
            </tr>
          ))}
        </tbody>
        {total && (
          <tfoot role="rowgroup">
            <tr role="row">
              <Cells columns={columns} cells={total} />
            </tr>
          </tfoot>
        )}
      </table>
      {rows.length > shown && (
        <Group gap="sm">
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setShown(shown + PAGE);
            }}
          >
            Show {count(Math.min(PAGE, rows.length - shown))} more
          </Button>
          <Text size="sm" c="dimmed" role="status">
            {count(shown)} of {count(rows.length)} shown
          </Text>
        </Group>
      )}
    </>
  );
}

function Cells<Row>({ columns, cells }: { columns: readonly Column<Row>[]; cells: readonly ReactNode[] }) {
  return columns.map(({ title, numeric }, index) =>
    index === 0 ? (
      <th key={title} role="rowheader" scope="row">
        {cells[index]}
      </th>
    ) : (
      <td key={title} role="cell" data-label={title} data-numeric={numeric}>
        {cells[index]}
      </td>
    ),
  );
}
