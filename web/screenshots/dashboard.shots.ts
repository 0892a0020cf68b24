// The dashboard's main states, in light and dark, wide and narrow. The two that the README shows stay beside this file, the others go
// to target/screenshots.
import type { Page } from '@playwright/test';
import path from 'node:path';
import { ask, ended, graphql } from '../tests/api.js';
import { expect, test } from '../tests/confined.js';
import { DashboardPage } from '../tests/dashboardPage.js';
import { type Server, withServer } from '../tests/server.js';
import { withSftp } from '../tests/sftp.js';
import { rows, sqlite } from '../tests/sqlite.js';

const KEPT = import.meta.dirname;
const OTHERS = path.join(import.meta.dirname, '../../target/screenshots');
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  await page.screenshot({ path: path.join(OTHERS, `${name}.png`), fullPage, animations: 'disabled' });
}

/** Light and dark, wide and narrow. */
async function shootAll(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [width, size] of [
      ['wide', WIDE],
      ['narrow', NARROW],
    ] as const) {
      await page.setViewportSize(size);
      await shoot(page, `${name}-${scheme}-${width}`);
    }
  }
}

/** What only the export that is shown while it runs takes along. */
const QUICK = { excludeTables: ['voice/*'], upload: true };

async function addStorage(server: Server, name: string, sftp: object): Promise<void> {
  const input = { name, config: { sftp: { username: 'exporter', basePath: 'backups/carryall', ...sftp } } };
  await graphql(
    server,
    'mutation ($input: CreateStorageLocationInput!) { createStorageLocation(input: $input) { userErrors { message } } }',
    { input },
  );
}

async function scene(server: Server, sftp: { port: number; password: string }): Promise<string> {
  await addStorage(server, 'Backup server, Frankfurt', { host: '127.0.0.1', port: sftp.port, password: sftp.password });
  await ended(server, { name: 'Before the new billing system', ...QUICK, pinned: true });
  await ended(server, { name: 'Quarter 3, for the auditors', ...QUICK });
  await addStorage(server, 'Old NAS in the office', { host: 'nas.invalid', password: 'none' });
  const failing = await ended(server, {
    name: 'Without the tickets',
    ...QUICK,
    excludeTables: ['voice/*', 'tickets'],
  });
  const canceled = await ask(server, { name: 'Asked for by mistake' });
  await graphql(server, 'mutation ($id: ID!) { cancelDataExport(input: { id: $id }) { userErrors { code } } }', {
    id: canceled,
  });
  await graphql(
    server,
    'mutation { updateDataExportSettings(input: { automaticExports: true, uploadAutomaticExports: true }) { settings { version } } }',
  );
  return failing;
}

test('the dashboard', async ({ page }) => {
  test.setTimeout(300_000);
  await withSftp((sftp) =>
    withServer(
      async (folder) => {
        const voice = path.join(folder, 'voice.db');
        await sqlite(voice, rows('call_records', 10_000_000));
        return ['--demo', '--allow-loopback-storage', '--source', `voice=sqlite://${voice}`];
      },
      async (server) => {
        const dashboard = new DashboardPage(page);
        await page.setViewportSize(WIDE);
        await page.goto(server.origin);
        await expect(page.getByLabel('API token')).toBeFocused();
        await shoot(page, 'sign-in');
        await dashboard.open(server);
        await expect(dashboard.settings.getByRole('switch').first()).toBeVisible();
        await shoot(page, 'first-start');

        // Not on the page, which would tell of each export's end.
        await page.goto('about:blank');
        const id = await scene(server, sftp);
        await dashboard.open(server);
        await dashboard.expectCompleted('Quarter 3, for the auditors');
        await expect(dashboard.row('Without the tickets')).toContainText('Old NAS');
        await dashboard.createExport('Before the move');
        await expect(dashboard.running).toContainText(/MB\/s.*call_records/);
        await expect(dashboard.told('is queued')).toBeHidden();
        await page.screenshot({ path: path.join(KEPT, 'data-exports.png'), animations: 'disabled' });
        await shootAll(page, 'data-exports');
        await dashboard.choose('Before the move', 'Cancel');
        await expect(dashboard.row('Before the move')).toContainText('Canceled');

        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize(WIDE);
        await page.getByRole('button', { name: 'Password: Quarter 3, for the auditors' }).click();
        await expect(dashboard.dialog).toContainText('7z x');
        await shoot(page, 'password', false);
        await dashboard.dismiss();
        await page.getByRole('button', { name: 'Add storage' }).first().click();
        await expect(dashboard.dialog).toBeVisible();
        await shoot(page, 'add-a-storage', false);

        await page.emulateMedia({ colorScheme: 'light' });
        await dashboard.open(server, `/exports/${id}`);
        await expect(page.getByRole('region', { name: 'Tables', exact: true })).toBeVisible();
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: path.join(KEPT, 'export.png'), animations: 'disabled' });
        await shootAll(page, 'export');
      },
    ),
  );
});
