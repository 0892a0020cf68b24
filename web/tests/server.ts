// The real server as a fixture: started once, on a free port, with a data folder of its own.
import { test as base } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const BINARY = path.resolve(process.env.CARRYALL_BIN ?? path.join(import.meta.dirname, '../../target/debug/carryall'));
const READY = /(http:\/\/127\.0\.0\.1:\d+)\/graphiql#token=(carryall_[\w-]+)/;
const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 20_000;

export interface Server {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** What the server made on its first start. */
  token: string;
  /** The address the server printed, token and all. */
  printedAddress: string;
}

// Playwright wants an object pattern where a fixture needs no other fixture.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export const test = base.extend<{}, { server: Server }>({
  server: [
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'carryall-web-'));
      const child = spawn(BINARY, ['serve', '--demo', '--listen', '127.0.0.1:0', '--data-dir', folder], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        await use(await ready(child));
      } finally {
        await stop(child);
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: START_TIMEOUT + STOP_TIMEOUT },
  ],
});

function ready(child: ChildProcess): Promise<Server> {
  return new Promise((resolve, reject) => {
    let printed = '';
    let logged = '';
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(`${BINARY} ${reason}\n--- stdout\n${printed}\n--- stderr\n${logged}`));
    };
    const timer = setTimeout(() => {
      fail('printed no address in time');
    }, START_TIMEOUT);
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', (code, signal) => {
      fail(`ended early (${signal ?? String(code)})`);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
    });
    // Read to the end, or a full pipe would stop the server.
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const [printedAddress, origin, token] = READY.exec(printed) ?? [];
      // The line's end shows that the token is whole.
      if (printedAddress && origin && token && printed.includes('\n', printed.indexOf(printedAddress))) {
        clearTimeout(timer);
        resolve({ origin, token, printedAddress });
      }
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
  await gone;
  clearTimeout(timer);
}
