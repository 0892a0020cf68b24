// What people meet besides the good days: nothing there yet, no rights, nobody signed in, a server that is gone, sources that
// are down, very long names and very long histories.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ask, ended, tokenOf } from './api.js';
import { expect, test } from './confined.js';
import { DashboardPage } from './dashboardPage.js';
import { start, withFolder, withServer } from './server.js';
import { rows, sqlite } from './sqlite.js';

const DEMO = () => ['--demo'];
const LONG = 'W'.repeat(200);

/** 9,998 exports that somebody canceled, after the older of the two that are there. Ids begin with the time (UUID version 7). */
const MANY = `
  CREATE TEMP TABLE many AS
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9998)
    SELECT data_export.*, i FROM data_export, n WHERE name = 'The oldest';
  UPDATE many SET id = unhex(substr(hex(id), 1, 12) || printf('7fffbfff%012x', i)), name = 'Number ' || i,
    state = 'CANCELED', file_name = NULL, size_bytes = NULL, sha256 = NULL, verified_at = NULL;
  ALTER TABLE many DROP COLUMN i;
  INSERT INTO data_export SELECT * FROM many;
`;

test('the first start says what to do first, until there is an export', async ({ page }) => {
  await withServer(DEMO, async (server) => {
    const dashboard = new DashboardPage(page);
    await page.goto(server.printedAddress);
    const steps = page.getByRole('region', { name: 'Nothing is exported yet' });
    await expect(steps.getByRole('listitem')).toHaveCount(4);
    await expect(page).toHaveURL(`${server.origin}/`);
    await dashboard.createExport('The first');
    await expect(steps).toBeHidden();
    await dashboard.expectCompleted('The first');
  });
});

test('a viewer sees how exports go, and none of what a viewer may not do', async ({ page, server }) => {
  const name = 'For all eyes';
  await ended(server, { name });
  const refused: string[] = [];
  page.on('response', (response) => {
    void response.text().then(
      (text) => {
        if (text.includes('FORBIDDEN')) {
          refused.push(text);
        }
      },
      () => undefined,
    );
  });
  const dashboard = new DashboardPage(page);
  await dashboard.open({ origin: server.origin, token: await tokenOf(server, 'VIEWER') });
  await dashboard.expectCompleted(name);
  await expect(dashboard.settings).toContainText(/\d+ minutes/);
  await expect(dashboard.create).toHaveCount(0);
  await expect(dashboard.history.getByRole('button')).toHaveCount(0);
  await expect(dashboard.settings.getByRole('switch')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Configured Storage' })).toHaveCount(0);
  await dashboard.row(name).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(refused).toEqual([]);
});

test('an operator makes exports and has their passwords, and changes neither settings nor storages', async ({
  page,
  server,
}) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open({ origin: server.origin, token: await tokenOf(server, 'OPERATOR') });
  await dashboard.createExport('By an operator');
  await dashboard.expectCompleted('By an operator');
  await page.getByRole('button', { name: 'Password: By an operator' }).click();
  await expect(dashboard.dialog).toContainText('7z x data-export-');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More: By an operator' }).click();
  await expect(page.getByRole('menuitem', { name: 'Verify again' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Delete…' })).toHaveCount(0);
  await expect(dashboard.settings.getByRole('switch')).toHaveCount(0);
});

test('signing out on the dashboard ends the session, and GraphiQL asks for a token too', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await page.goto(`${server.origin}/graphiql`);
  await expect(page.getByRole('button', { name: 'Execute query' })).toBeVisible();
  await page.goto(`${server.origin}/`);
  await page.getByRole('button', { name: 'Signed in as admin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('API token')).toBeFocused();
  await page.goto(`${server.origin}/graphiql`);
  await expect(page.getByLabel('API token')).toBeVisible();
});

test('a session that is over leads to the sign-in form, and from there back to the page', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await page.context().clearCookies();
  await expect(page.getByRole('alert')).toContainText('session is over');
  await page.getByLabel('API token').fill(server.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(dashboard.history).toBeVisible();
});

test('while the server is gone a banner says so; when it is back, so is the page, and a run goes on being shown', async ({
  page,
}) => {
  await withFolder(async (folder) => {
    const source = path.join(folder, 'long.db');
    await sqlite(source, rows('notes', 1_000_000));
    const args = ['--source', `app=sqlite://${source}`];
    const server = await start({ folder, args });
    const dashboard = new DashboardPage(page);
    await dashboard.open(server);
    await dashboard.createExport('Interrupted');
    await expect(dashboard.running.getByRole('progressbar')).toBeVisible();
    await server.stop();
    await expect(page.getByRole('status').getByText('The server cannot be reached')).toBeVisible();
    await expect(dashboard.row('Interrupted')).toBeVisible();

    const again = await start({ folder, args, port: server.port });
    try {
      await expect(page.getByText('The server cannot be reached')).toBeHidden();
      // The stopped run is made good for by another one, which the page follows to its end without a reload.
      await expect(dashboard.told('Export completed')).toBeVisible({ timeout: 90_000 });
    } finally {
      await again.stop();
    }
  });
});

test('a page that is opened while the server is gone waits for it', async ({ page }) => {
  await withFolder(async (folder) => {
    const server = await start({ folder });
    const dashboard = new DashboardPage(page);
    await dashboard.open(server);
    await page.route('**/graphql', (route) => route.abort());
    await page.reload();
    await expect(page.getByRole('status')).toContainText('cannot be reached');
    await page.unroute('**/graphql');
    await expect(dashboard.history).toBeVisible();
    await server.stop();
  });
});

test('a source that is down: what failed, why and what to do, and restarted it goes through', async ({ page }) => {
  const database = (folder: string) => path.join(folder, 'app.db');
  await withServer(
    async (folder) => {
      await sqlite(database(folder), rows('notes', 10));
      return ['--source', `app=sqlite://${database(folder)}`];
    },
    async (server) => {
      await rm(database(server.folder));
      const dashboard = new DashboardPage(page);
      await dashboard.open(server);
      await dashboard.createExport('Without a source');
      await expect(dashboard.told('failed')).toBeVisible();
      await expect(dashboard.row('Without a source')).toContainText('Failed');
      await expect(page.getByRole('alert').filter({ hasText: 'The last export failed' })).toContainText('app');

      await sqlite(database(server.folder), rows('notes', 10));
      await dashboard.choose('Without a source', 'Restart');
      await expect(dashboard.row('Without a source').first()).toContainText('Completed', { timeout: 60_000 });
      await expect(page.getByText('The last export failed')).toBeHidden();
    },
  );
});

test('very long names neither widen the page nor hide what can be done', async ({ page, server }) => {
  await ask(server, { name: LONG });
  const dashboard = new DashboardPage(page);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await dashboard.open(server);
    await dashboard.expectCompleted(LONG);
    await expect(page.getByRole('button', { name: `More: ${LONG}` })).toBeInViewport({ ratio: 0 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test('ten thousand exports are paged through, forth and back, and a page has an address', async ({ page }) => {
  await withFolder(async (folder) => {
    const before = await start({ folder });
    await ended(before, { name: 'The oldest' });
    await ended(before, { name: 'The newest' });
    await before.stop();
    await sqlite(path.join(folder, 'data', 'carryall.db'), MANY);
    const server = { ...(await start({ folder, port: before.port })), token: before.token };
    try {
      const dashboard = new DashboardPage(page);
      await dashboard.open(server);
      await expect(dashboard.history).toContainText('10,000 exports');
      const body = dashboard.history.locator('tbody').getByRole('row');
      await expect(body).toHaveCount(25);
      const first = body.first().getByRole('link');
      await expect(first).toHaveText('The newest');
      await dashboard.history.getByRole('button', { name: 'Older' }).click();
      await expect(first).toHaveText('Number 9974');
      await page.reload();
      await expect(first).toHaveText('Number 9974');
      await dashboard.history.getByRole('button', { name: 'Oldest' }).click();
      await expect(body.last().getByRole('link')).toHaveText('The oldest');
      await expect(dashboard.history.getByRole('button', { name: 'Older' })).toBeDisabled();
      await dashboard.history.getByRole('button', { name: 'Newer' }).click();
      await expect(first).toHaveText('Number 49');
      await dashboard.history.getByRole('button', { name: 'Newest' }).click();
      await expect(first).toHaveText('The newest');
      await page.goBack();
      await expect(first).toHaveText('Number 49');
    } finally {
      await server.stop();
    }
  });
});
