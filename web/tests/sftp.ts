// A real SFTP server for storages: OpenSSH's, as the tests in Rust start it, with a user and keys of its own.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = path.join(import.meta.dirname, '../../tests/servers/openssh.sh');
/** OpenSSH lets root not sign in by password, so that its user may not be root. */
const NOBODY = 65_534;
const START_TIMEOUT = 30_000;

export interface SftpServer {
  port: number;
  password: string;
  /** Where a session starts. */
  home: string;
  /** The fingerprint of the key by which it is known. */
  fingerprint: string;
  stop: () => Promise<void>;
}

/** One for as long as `use` takes. */
export async function withSftp(use: (sftp: SftpServer) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'carryall-sftp-'));
  try {
    const sftp = await start(folder);
    try {
      await use(sftp);
    } finally {
      await sftp.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(folder: string): Promise<SftpServer> {
  const password = 'Pa55word-of-the-exporter';
  const script = path.join(folder, '..', `${path.basename(folder)}.sh`);
  await copyFile(SCRIPT, script);
  await chmod(script, 0o755);
  await writeFile(path.join(folder, 'password'), password);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    await chown(folder, NOBODY, NOBODY);
    await chown(path.join(folder, 'password'), NOBODY, NOBODY);
  }
  const port = await freePort();
  const command = ['sh', script, String(port), 'password'];
  const [program = '', ...args] = isRoot
    ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...command]
    : command;
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let logged = '';
  child.stderr.on('data', (chunk: Buffer) => {
    logged += chunk.toString();
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    await rm(script, { force: true });
  };
  for (const begun = Date.now(); !(await answers(port));) {
    if (child.exitCode !== null || Date.now() - begun > START_TIMEOUT) {
      await stop();
      throw new Error(`OpenSSH does not start:\n${logged}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const key = await promisify(execFile)('ssh-keygen', ['-l', '-f', path.join(folder, 'host_ed25519.pub')]);
  const fingerprint = key.stdout.split(' ')[1] ?? '';
  return { port, password, home: path.join(folder, 'home'), fingerprint, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
