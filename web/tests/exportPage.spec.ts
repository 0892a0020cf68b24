// What an export's page promises, tried in a browser against the real server, with a source that the tests change.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { expect, test as confined } from './confined.js';
import { type Server, withServer } from './server.js';

const SOURCE = 'app.db';
/** Node 20 has no SQLite, Python has. */
const RUN_SQL = 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])';
const TABLES = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO customers (name) VALUES ('Ada'), ('Grace'), ('Edsger');
  CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER);
  INSERT INTO orders (total) VALUES (10), (20), (30), (40);
  CREATE TABLE visits (id INTEGER PRIMARY KEY);
  INSERT INTO visits DEFAULT VALUES;
  CREATE TABLE a_name_that_goes_on_and_on_and_never_has_a_space_in_it_for_as_long_as_a_name_may_be (id INTEGER);`;

function sql(folder: string, script: string): void {
  execFileSync('python3', ['-c', RUN_SQL, path.join(folder, SOURCE), script]);
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
const test = confined.extend<{}, { server: Server }>({
  server: [
    async ({}, use) => {
      const args = (folder: string) => {
        sql(folder, TABLES);
        return ['--source', `app=sqlite://${path.join(folder, SOURCE)}`, '--allow-loopback-storage'];
      };
      await withServer(args, use);
    },
    { scope: 'worker', timeout: 80_000 },
  ],
});

async function graphql<Data>(server: Server, query: string, variables: object): Promise<Data> {
  const response = await fetch(`${server.origin}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${server.token}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data: Data; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

/** The id of a new export. */
async function ask(server: Server, name: string, upload = false): Promise<string> {
  const { createDataExport } = await graphql<{ createDataExport: { dataExport: { id: string } } }>(
    server,
    'mutation ($input: CreateDataExportInput!) { createDataExport(input: $input) { dataExport { id } } }',
    { input: { name, upload } },
  );
  return createDataExport.dataExport.id;
}

/** The id of a new export that has come to its end. */
async function exported(server: Server, name: string, end = 'COMPLETED'): Promise<string> {
  const id = await ask(server, name);
  const status = async () => {
    const query = 'query ($id: ID!) { dataExport(id: $id) { status } }';
    return (await graphql<{ dataExport: { status: string } }>(server, query, { id })).dataExport.status;
  };
  await expect.poll(status, { timeout: 90_000 }).toBe(end);
  return id;
}

async function open(page: Page, server: Server, id: string): Promise<void> {
  await page.goto(`${server.origin}/exports/${id}#token=${server.token}`);
}

function section(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

/** The row of a table, by what stands at its head. */
function row(within: Locator, head: string): Locator {
  return within.getByRole('row').filter({ has: within.page().getByRole('rowheader', { name: head, exact: true }) });
}

test('the page shows the tables as the API tells of them, with rows and hashes', async ({ page, server }) => {
  const id = await exported(server, 'With tables');
  await open(page, server, id);
  await expect(page.getByRole('heading', { level: 1, name: 'With tables' })).toBeVisible();
  await expect(page).toHaveTitle('With tables · Carryall');

  const { dataExport } = await graphql<{
    dataExport: {
      sha256: string;
      fileName: string;
      tables: { nodes: { name: string; rowCount: string; sha256: string; fileName: string }[] };
    };
  }>(
    server,
    'query ($id: ID!) { dataExport(id: $id) { sha256 fileName tables { nodes { name rowCount sha256 fileName } } } }',
    { id },
  );
  await expect(section(page, 'With tables').getByText(dataExport.sha256, { exact: true })).toBeVisible();
  await expect(section(page, 'With tables').getByText(dataExport.fileName, { exact: true })).toBeVisible();

  const tables = section(page, 'Tables');
  expect(dataExport.tables.nodes.length).toBeGreaterThanOrEqual(4);
  for (const { name, rowCount, sha256, fileName } of dataExport.tables.nodes) {
    const shown = row(tables, name);
    await expect(shown.getByRole('cell').nth(1)).toHaveText(rowCount);
    await expect(shown.getByTitle(sha256, { exact: true })).toContainText(sha256.slice(0, 12));
    await expect(shown.getByRole('cell', { name: fileName, exact: true })).toBeVisible();
  }
  await expect(tables.getByRole('row').last()).toContainText('All together');
  await expect(section(page, 'Verification').getByText('Passed')).toBeVisible();
  await expect(section(page, 'Sources').getByRole('heading', { name: 'app' })).toBeVisible();
});

test('a hash is copied whole', async ({ page, server, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const id = await exported(server, 'Copied');
  await open(page, server, id);
  await page.getByRole('button', { name: 'Copy the SHA-256 of orders' }).click();
  await expect(page.getByRole('button', { name: 'SHA-256 of orders copied' })).toBeVisible();
  const whole = await row(section(page, 'Tables'), 'orders')
    .getByTitle(/^[0-9a-f]{64}$/)
    .getAttribute('title');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(whole);
});

test('what has changed since the export before is told a table a row', async ({ page, server }) => {
  await exported(server, 'Before the change');
  sql(
    server.folder,
    `INSERT INTO orders (total) VALUES (50), (60);
     DELETE FROM customers WHERE name = 'Ada';
     UPDATE visits SET id = 7;
     CREATE TABLE invoices (id INTEGER PRIMARY KEY);
     INSERT INTO invoices DEFAULT VALUES;`,
  );
  await open(page, server, await exported(server, 'After the change'));
  const changes = section(page, 'Changes');
  await expect(changes.getByRole('link', { name: 'Before the change' })).toBeVisible();
  const difference = (table: string) => row(changes, table).getByRole('cell').last();
  await expect(difference('orders')).toHaveText('+2');
  await expect(difference('customers')).toHaveText('−1');
  await expect(row(changes, 'invoices')).toContainText('New table');
  await expect(difference('invoices')).toHaveText('+1');
  await expect(row(changes, 'visits')).toContainText('Content');
  await expect(changes).toContainText('1 table unchanged');

  sql(server.folder, 'DROP TABLE invoices;');
  await open(page, server, await exported(server, 'After another'));
  await expect(row(changes, 'invoices')).toContainText('No longer there');
  await expect(changes).toContainText('1 table changed: 1 no longer there.');

  await open(page, server, await exported(server, 'After nothing'));
  await expect(changes).toContainText('Nothing has changed.');
});

test('who opens the page while the export waits or runs sees it come to its end', async ({ page, server }) => {
  const id = await ask(server, 'Watched');
  await open(page, server, id);
  await expect(section(page, 'Tables').getByRole('rowheader', { name: 'orders', exact: true })).toBeVisible();
  await expect(section(page, 'Watched').getByText('Completed').first()).toBeVisible();
});

test('a failed export says why, and what to do', async ({ page, server }) => {
  const source = path.join(server.folder, SOURCE);
  await rename(source, `${source}.away`);
  const id = await exported(server, 'Without its source', 'FAILED').finally(() => rename(`${source}.away`, source));
  await open(page, server, id);
  const failure = page.getByRole('alert', { name: 'This export failed' });
  await expect(failure).toContainText(SOURCE);
  await expect(failure).toContainText('What to do: Check that the source is there');
  await expect(failure).toContainText('SOURCE_UNREACHABLE');
  await expect(section(page, 'Tables')).toHaveCount(0);
});

test('an address that leads to no export says so, and leads back', async ({ page, server }) => {
  await open(page, server, 'no-such-export');
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  await page.getByRole('link', { name: 'To the data exports' }).click();
  await expect(page).toHaveURL(`${server.origin}/`);
});

test('a copy that does not arrive says so and why, and operators can have it tried at once', async ({
  page,
  server,
}) => {
  // Nothing listens at port 1.
  const sftp = { host: '127.0.0.1', port: 1, username: 'exporter', password: 'secret' };
  await graphql(
    server,
    'mutation ($input: CreateStorageLocationInput!) { createStorageLocation(input: $input) { userErrors { message } } }',
    { input: { name: 'Cellar', config: { sftp } } },
  );
  const id = await ask(server, 'With a copy', true);
  await open(page, server, id);
  const copies = section(page, 'Copies');
  await expect(copies.getByRole('heading', { level: 3, name: 'Cellar' })).toBeVisible();
  await expect(copies.getByText('Failing', { exact: true })).toBeVisible();
  await expect(copies.getByRole('note')).toContainText('127.0.0.1:1 cannot be reached');
  await expect(copies.getByText(/^data-export-.*\.zip$/)).toBeVisible();
  await copies.getByRole('button', { name: 'Try now: Cellar' }).click();
  await expect(page.getByText('It is sent to Cellar again.')).toBeVisible();

  const { createApiToken } = await graphql<{ createApiToken: { secret: string } }>(
    server,
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }',
    { input: { name: 'A viewer', role: 'VIEWER' } },
  );
  await page.context().clearCookies();
  await open(page, { ...server, token: createApiToken.secret }, id);
  await expect(copies.getByRole('note')).toContainText('The storage cannot be reached.');
  await expect(copies.getByRole('button')).toHaveCount(0);
  await expect(copies).not.toContainText('.zip');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on the page in the ${colorScheme}`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme });
    await exported(server, `Earlier, in the ${colorScheme}`);
    await open(page, server, await exported(server, `In the ${colorScheme}`));
    await expect(section(page, 'Tables').getByText('All together')).toBeVisible();
    await expect(page.getByRole('img', { name: /completed exports: sizes/ })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}

test('a phone needs no sideways scrolling, and the tables stay tables', async ({ page, server }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  const name = `${'Donaudampfschifffahrtsgesellschaft'.repeat(3)} and more`;
  await open(page, server, await exported(server, name));
  const tables = section(page, 'Tables');
  await expect(tables.getByText('All together')).toBeVisible();
  await expect(row(tables, 'orders').getByRole('cell')).not.toHaveCount(0);
  await expect(page.getByRole('img', { name: /completed exports: sizes/ })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});
