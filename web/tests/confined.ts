// Every test's guard: fails it when the page reaches for another origin, breaks the server's
// Content-Security-Policy, or leaves an error uncaught.
import { expect } from '@playwright/test';
import { origins, test as withServer } from './server.js';

export { expect };

export const test = withServer.extend<{ trespasses: string[] }>({
  trespasses: [
    async ({ context }, use) => {
      const trespasses: string[] = [];
      const check = (kind: string, address: string) => {
        const url = new URL(address);
        // data: and blob: stay inside the browser.
        if (!origins.has(`http://${url.host}`) && url.protocol !== 'data:' && url.protocol !== 'blob:') {
          trespasses.push(`${kind} ${address}`);
        }
      };
      context.on('request', (request) => {
        check('request', request.url());
      });
      context.on('page', (page) => {
        page.on('websocket', (socket) => {
          check('websocket', socket.url());
        });
        page.on('worker', (worker) => {
          check('worker', worker.url());
        });
      });
      context.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) {
          trespasses.push(message.text());
        }
      });
      context.on('weberror', (failure) => {
        const { message } = failure.error();
        // Monaco's way to say that an editor was closed while it still had something to do.
        if (message !== 'Canceled') {
          trespasses.push(`uncaught: ${message}`);
        }
      });
      await use(trespasses);
      expect(trespasses).toEqual([]);
    },
    { auto: true },
  ],
});
