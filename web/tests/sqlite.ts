// SQLite databases for the tests, by Python's own module: there is none in Node.js 20.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const RUN = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
# SQLite's own came with 3.41.
database.create_function('unhex', 1, bytes.fromhex)
database.executescript(sys.stdin.read())
database.commit()
`;

/** Runs statements on the database of this file, which is made if it is not there. */
export async function sqlite(file: string, statements: string): Promise<void> {
  const run = promisify(execFile)('python3', ['-c', RUN, file]);
  run.child.stdin?.end(statements);
  await run;
}

/** A database with one table of so many rows, which take their time. */
export function rows(table: string, number: number): string {
  return `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, note TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${number})
    INSERT INTO ${table} SELECT i, 'the note of row ' || i FROM n;`;
}
