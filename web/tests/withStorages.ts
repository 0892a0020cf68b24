// A server and an SFTP server that the tests of a file share.
import { test as confined } from './confined.js';
import { withServer, type Server } from './server.js';
import { type SftpServer, withSftp } from './sftp.js';

// Playwright wants an object pattern where a fixture needs no other fixture.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export const test = confined.extend<{}, { server: Server; sftp: SftpServer }>({
  server: [({}, use) => withServer(() => ['--demo', '--allow-loopback-storage'], use), { scope: 'worker' }],
  sftp: [({}, use) => withSftp(use), { scope: 'worker' }],
});
