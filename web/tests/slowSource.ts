// A server whose exports take some seconds, for what can only be seen and done while one runs.
import path from 'node:path';
import { type Server, withServer } from './server.js';
import { rows, sqlite } from './sqlite.js';

/** Its only table is called `notes`. */
export async function withSlowSource(use: (server: Server) => Promise<void>): Promise<void> {
  await withServer(async (folder) => {
    const file = path.join(folder, 'slow.db');
    await sqlite(file, rows('notes', 3_000_000));
    return ['--source', `app=sqlite://${file}`];
  }, use);
}
