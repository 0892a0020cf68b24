// The real server as a fixture: started once for the tests of a file, on a free port, with a data folder of its own. Tests that
// need another one, or want to stop it, start one themselves.
import { test as base } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const BINARY = path.resolve(
  process.env.CARRYALL_BIN ?? path.join(import.meta.dirname, '../../target/debug/carryall'),
);
/** The addresses of all servers that were started, so that a page that reaches for anything else is found. */
export const origins = new Set<string>();

const LISTENING = /listening at (http:\/\/127\.0\.0\.1:(\d+))/;
const PRINTED = /(http:\/\/127\.0\.0\.1:\d+)\/#token=(carryall_[\w-]+)\s/;
const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 20_000;

/** A server that runs. */
export interface Server {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  port: number;
  /** What the server made on its first start; empty at later starts. */
  token: string;
  /** The address the server printed at its first start, token and all. */
  printedAddress: string;
  folder: string;
  /** What it does at its end: finished exports are kept, a running one is tried again by the next start. */
  stop: () => Promise<void>;
}

export interface Setup {
  /** The data folder. */
  folder: string;
  /** A free port without it. */
  port?: number;
  /** The sources and what else is set. The demo's without it. */
  args?: string[];
}

// Playwright wants an object pattern where a fixture needs no other fixture.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export const test = base.extend<{}, { server: Server }>({
  server: [
    async ({}, use) => {
      await withFolder(async (folder) => {
        const server = await start({ folder });
        try {
          await use(server);
        } finally {
          await server.stop();
        }
      });
    },
    { scope: 'worker', timeout: START_TIMEOUT + STOP_TIMEOUT },
  ],
});

/** A folder for as long as `use` takes. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'carryall-web-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A server of the test's own, for as long as `use` takes. */
export async function withServer(
  args: (folder: string) => string[] | Promise<string[]>,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const server = await start({ folder, args: await args(folder) });
    try {
      await use(server);
    } finally {
      await server.stop();
    }
  });
}

export async function start({ folder, port = 0, args = ['--demo'] }: Setup): Promise<Server> {
  const data = path.join(folder, 'data');
  const first = !existsSync(path.join(data, 'carryall.db'));
  const child = spawn(BINARY, ['serve', ...args, '--listen', `127.0.0.1:${port}`, '--data-dir', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    return { ...(await ready(child, first)), folder, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function ready(child: ChildProcess, first: boolean): Promise<Omit<Server, 'folder' | 'stop'>> {
  return new Promise((resolve, reject) => {
    let printed = '';
    let logged = '';
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(`${BINARY} ${reason}\n--- stdout\n${printed}\n--- stderr\n${logged}`));
    };
    const timer = setTimeout(() => {
      fail('was not ready in time');
    }, START_TIMEOUT);
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', (code, signal) => {
      fail(`ended early (${signal ?? String(code)})`);
    });
    const look = () => {
      const [, origin, port] = LISTENING.exec(logged) ?? [];
      const [, , token = ''] = PRINTED.exec(printed) ?? [];
      if (origin !== undefined && port !== undefined && (token !== '' || !first)) {
        clearTimeout(timer);
        origins.add(origin);
        resolve({ origin, port: Number(port), token, printedAddress: `${origin}/#token=${token}` });
      }
    };
    // Both are read to the end, or a full pipe would stop the server.
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      look();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
      look();
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
