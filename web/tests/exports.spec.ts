// The main job on the dashboard: an export is asked for, watched, downloaded, opened, and what else can be done with one.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ask, ended, graphql } from './api.js';
import { expect, test } from './confined.js';
import { DashboardPage } from './dashboardPage.js';
import { withSlowSource } from './slowSource.js';

const run = promisify(execFile);

test('an export is made by its name, watched to its end, downloaded, and opened by 7-Zip with the password that is shown', async ({
  page,
  context,
  server,
}, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await dashboard.createExport('Before the move');
  await expect(dashboard.running.getByRole('progressbar', { name: 'Progress of Before the move' })).toBeVisible();
  await expect(dashboard.told('Export completed')).toBeVisible({ timeout: 90_000 });
  await dashboard.expectCompleted('Before the move');
  await expect(dashboard.running).toBeHidden();

  const row = dashboard.row('Before the move');
  await expect(row).toContainText(/data-export-\w+-\w+\.zip/);
  await expect(row).toContainText(/\d MB/);
  const download = page.waitForEvent('download');
  await row.getByRole('button', { name: 'Download: Before the move' }).click();
  const file = info.outputPath((await download).suggestedFilename());
  await (await download).saveAs(file);

  await row.getByRole('button', { name: 'Password: Before the move' }).click();
  await dashboard.dialog.getByRole('button', { name: 'Copy: File password' }).click();
  await expect(dashboard.dialog.getByText('Copied').first()).toBeVisible();
  const password = await page.evaluate(() => navigator.clipboard.readText());
  await dashboard.dialog.getByRole('button', { name: 'Copy: Open it with 7-Zip' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`7z x ${path.basename(file)}`);

  const opened = await run('7z', ['t', `-p${password}`, file]);
  expect(opened.stdout).toContain('Everything is Ok');
  await expect(run('7z', ['t', '-pwrong', file])).rejects.toThrow();
});

test('the password is nowhere on the page until somebody asks for it', async ({ page, server }) => {
  const id = await ended(server, { name: 'Sealed' });
  const { dataExport } = await graphql<{ dataExport: { filePassword: string } }>(
    server,
    'query ($id: ID!) { dataExport(id: $id) { filePassword } }',
    { id },
  );
  const seen: string[] = [];
  page.on('response', (response) => {
    void response.text().then(
      (text) => seen.push(text),
      () => undefined,
    );
  });
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await dashboard.expectCompleted('Sealed');
  await page.waitForLoadState('networkidle');
  expect(await page.content()).not.toContain(dataExport.filePassword);
  expect(seen.join()).not.toContain(dataExport.filePassword);
  await page.getByRole('button', { name: 'Password: Sealed' }).click();
  await expect(dashboard.dialog.getByText(dataExport.filePassword)).toBeVisible();
});

test('an export that somebody else makes comes into the history by itself', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await expect(dashboard.history).toBeVisible();
  await ask(server, { name: 'By an integration' });
  await expect(dashboard.row('By an integration')).toBeVisible();
  await dashboard.expectCompleted('By an integration');
});

test('an export is pinned, verified again, made again and deleted, which says what goes with it', async ({
  page,
  server,
}) => {
  await ended(server, { name: 'Handled' });
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await dashboard.choose('Handled', 'Pin: keep whatever the maximum');
  await expect(dashboard.row('Handled')).toContainText('Pinned');
  await dashboard.choose('Handled', 'Unpin');
  await expect(dashboard.row('Handled')).not.toContainText('Pinned');

  await dashboard.choose('Handled', 'Verify again');
  await expect(dashboard.told('is being read back')).toBeVisible();

  await dashboard.choose('Handled', 'Delete…');
  await expect(dashboard.dialog).toContainText(/the file data-export-.*\.zip \(\d.* MB\) on this instance/);
  await dashboard.dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dashboard.dialog).toBeHidden();

  await dashboard.choose('Handled', 'Export again');
  await expect(dashboard.row('Handled')).toHaveCount(2);
  await expect(dashboard.row('Handled').first()).toContainText('Completed', { timeout: 90_000 });
  await dashboard.row('Handled').last().getByRole('button', { name: 'More: Handled' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await dashboard.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(dashboard.row('Handled')).toHaveCount(1);
});

test('options leave tables out, choose the format and pin', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await dashboard.create.click();
  await dashboard.dialog.getByLabel('Name').fill('With options');
  await dashboard.dialog.getByRole('button', { name: 'Options' }).click();
  await dashboard.dialog.getByLabel('Tables to leave out').fill('accounts');
  await page.keyboard.press('Enter');
  await dashboard.dialog.getByRole('switch', { name: 'Pin it' }).click();
  await dashboard.dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dashboard.dialog).toBeHidden();
  await dashboard.expectCompleted('With options');
  const { dataExports } = await graphql<{ dataExports: { nodes: { excludeTables: string[]; pinned: boolean }[] } }>(
    server,
    '{ dataExports(first: 1) { nodes { excludeTables pinned } } }',
  );
  expect(dataExports.nodes).toEqual([{ excludeTables: ['accounts'], pinned: true }]);
});

test('a name that is refused is said at the field, and nothing is queued', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  await dashboard.create.click();
  const name = dashboard.dialog.getByLabel('Name');
  await expect(name).toBeFocused();
  await dashboard.dialog.getByRole('button', { name: 'Create' }).click();
  await expect(name).toHaveAccessibleDescription(/name/i);
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('x'.repeat(201));
  await dashboard.dialog.getByRole('button', { name: 'Create' }).click();
  await expect(name).toHaveAccessibleDescription(/200/);
});

test('a long export shows its table, rows and rate, and can be canceled, as can one that waits', async ({ page }) => {
  await withSlowSource(async (server) => {
    const dashboard = new DashboardPage(page);
    await dashboard.open(server);
    await dashboard.createExport('Long');
    await dashboard.createExport('Waiting');
    const progress = dashboard.running.getByRole('progressbar', { name: 'Progress of Long' });
    await expect(progress).toHaveAttribute('aria-valuetext', /^[1-9]\d? percent$/);
    await expect(dashboard.running).toContainText(
      /Reading tables · \d+ % · 0 of 1 tables · [\d,]+ of about [\d,]+ rows/,
    );
    await expect(dashboard.running).toContainText(/ MB\/s/);
    await expect(dashboard.running).toContainText('notes');

    await page.getByRole('button', { name: 'Cancel Waiting' }).click();
    await expect(dashboard.row('Waiting')).toContainText('Canceled');
    await page.getByRole('button', { name: 'Cancel Long' }).click();
    await expect(dashboard.row('Long')).toContainText('Canceled');
    await expect(dashboard.told('“Long” was canceled.')).toBeVisible();
  });
});
