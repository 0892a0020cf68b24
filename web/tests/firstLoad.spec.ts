// What a browser loads to show the dashboard for the first time: little, compressed, and the next time from its cache.
import type { Request } from '@playwright/test';
import { expect, test } from './confined.js';
import { DashboardPage } from './dashboardPage.js';

/** In bytes, as they come over the line. */
const MOST = 300_000;

test('the dashboard loads less than 300 KB, compressed, and its assets can be kept for ever', async ({
  page,
  server,
}) => {
  const requests: Request[] = [];
  page.on('requestfinished', (request) => {
    requests.push(request);
  });
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await expect(dashboard.settings.getByRole('switch').first()).toBeVisible();

  const loaded = requests.filter((request) => !['/graphql', '/session'].includes(new URL(request.url()).pathname));
  expect(loaded.length).toBeGreaterThan(5);
  let sum = 0;
  for (const request of loaded) {
    sum += (await request.sizes()).responseBodySize;
    const { pathname } = new URL(request.url());
    const headers = (await request.response())?.headers() ?? {};
    if (/\.(js|css)$/.test(pathname)) {
      expect(headers['content-encoding'], pathname).toMatch(/^(br|gzip|zstd)$/);
    }
    expect(headers['cache-control'], pathname).toBe(
      pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
    );
  }
  expect(sum).toBeGreaterThan(50_000);
  expect(sum).toBeLessThan(MOST);
  // GraphiQL's editor comes only with its own page.
  expect(loaded.map((request) => request.url()).join()).not.toContain('monaco');
});
