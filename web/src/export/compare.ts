// What is different between the tables of two exports.
import { tableKey } from './tableName';
import type { Table } from './useTables';

export interface Difference {
  kind: 'added' | 'removed' | 'rows' | 'content';
  /** As it is now; where it was removed, as it was. */
  table: Table;
  /** Rows before and now; null where the table was not there. */
  before: bigint | null;
  now: bigint | null;
  /** How many more rows there are now; less than none where there are fewer. */
  more: bigint;
}

export interface Comparison {
  /** Added ones first, then removed ones, then those with other numbers of rows, then those with other content. */
  differences: readonly Difference[];
  same: readonly Table[];
}

const ORDER: readonly Difference['kind'][] = ['added', 'removed', 'rows', 'content'];

/**
 * Tables are the same by source, schema and name. `byContent`: whether the hashes of their files can be compared, which
 * they can if both exports write tables in the same format.
 */
export function compare(before: readonly Table[], now: readonly Table[], byContent: boolean): Comparison {
  const gone = new Map(before.map((table) => [tableKey(table), table]));
  const differences: Difference[] = [];
  const same: Table[] = [];
  for (const table of now) {
    const key = tableKey(table);
    const former = gone.get(key);
    gone.delete(key);
    const rows = BigInt(table.rowCount);
    if (former === undefined) {
      differences.push({ kind: 'added', table, before: null, now: rows, more: rows });
      continue;
    }
    const rowsBefore = BigInt(former.rowCount);
    if (rows !== rowsBefore) {
      differences.push({ kind: 'rows', table, before: rowsBefore, now: rows, more: rows - rowsBefore });
    } else if (byContent && table.sha256 !== former.sha256) {
      differences.push({ kind: 'content', table, before: rowsBefore, now: rows, more: 0n });
    } else {
      same.push(table);
    }
  }
  for (const table of gone.values()) {
    const rows = BigInt(table.rowCount);
    differences.push({ kind: 'removed', table, before: rows, now: null, more: -rows });
  }
  // Sorting keeps those of one kind in the archive's order.
  differences.sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
  return { differences, same };
}
