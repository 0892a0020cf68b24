// The storages on the dashboard, against a real SFTP server.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ended, tokenOf } from './api.js';
import { expect } from './confined.js';
import { withSftp } from './sftp.js';
import { configure, StoragesPage } from './storagesPage.js';
import { test } from './withStorages.js';

/** What the browser is told by the server from now on, by any way. */
function answers(page: Page): string[] {
  const seen: string[] = [];
  page.on('response', (response) => {
    void response.text().then(
      (text) => seen.push(text),
      () => undefined,
    );
  });
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => seen.push(payload.toString()));
  });
  return seen;
}

async function seriousProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

test('an SFTP storage is tried out step by step, its host key confirmed, and its secret never seen again', async ({
  page,
  server,
  sftp,
}) => {
  const seen = answers(page);
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.fillSftp('Off-site', sftp, 'off-site');
  await storages.pressInDialog('Test');
  for (const words of ['Looked up', 'Connected', 'Identified', 'Signed in', 'Wrote', 'Read it back', 'Deleted']) {
    await expect(storages.step(words)).toContainText('worked');
  }
  await expect(storages.dialog.getByText('Everything that copying needs works there.')).toBeVisible();
  await expect(storages.dialog).toContainText(sftp.fingerprint);
  await storages.pressInDialog('It is the right one: pin this key');
  await expect(storages.field('host key fingerprint')).toHaveValue(sftp.fingerprint);
  await expect(storages.dialog).toContainText('The server has the key that is pinned');
  // Not even while it is typed.
  expect(await page.content()).not.toContain(sftp.password);
  await storages.pressInDialog('Add');
  await expect(storages.dialog).toBeHidden();
  await expect(storages.row('Off-site')).toContainText('Not used yet');
  await expect(storages.row('Off-site')).toContainText('127.0.0.1 › off-site');

  await storages.press('Test', 'Off-site');
  await expect(storages.dialog.getByText('Everything that copying needs works there.')).toBeVisible();
  await storages.pressInDialog('Done');
  await storages.press('Edit', 'Off-site');
  await expect(storages.field('host')).toHaveValue('127.0.0.1');
  await expect(storages.field('host key fingerprint')).toHaveValue(sftp.fingerprint);
  await expect(storages.field('password')).toHaveValue('');
  await expect(storages.field('password')).toHaveAttribute('placeholder', /set$/);
  expect(await page.content()).not.toContain(sftp.password);

  // The folder alone: the password stays.
  await storages.field('base path').fill('elsewhere');
  await storages.pressInDialog('Test');
  await expect(storages.dialog.getByText('Everything that copying needs works there.')).toBeVisible();
  await storages.pressInDialog('Save');
  await expect(storages.row('Off-site')).toContainText('127.0.0.1 › elsewhere');
  await storages.press('Test', 'Off-site');
  await expect(storages.dialog.getByText('Everything that copying needs works there.')).toBeVisible();
  expect(seen.join('\n')).toContain('off-site');
  expect(seen.join('\n')).not.toContain(sftp.password);
});

test('the step that fails says why, and those after it were not tried', async ({ page, server, sftp }) => {
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.fillSftp('Wrong', { ...sftp, password: 'wrong' });
  await storages.pressInDialog('Test');
  await expect(storages.step('Sign in')).toContainText('failed');
  await expect(storages.step('Sign in')).toContainText('refuses the password of exporter');
  await expect(storages.step('Connected')).toContainText('worked');
  await expect(storages.step('Write a small file')).toContainText('not tried yet');
  await expect(storages.dialog.getByRole('status').first()).toContainText('Sign in: failed.');
});

test('a copy that arrives is told of, and goes with its storage if that is wished', async ({ page, server, sftp }) => {
  await configure(server, 'Second copy', sftp, 'second');
  await ended(server, { name: 'To be copied', upload: true });
  const storages = new StoragesPage(page);
  await storages.open(server);
  await expect(storages.row('Second copy')).toContainText('Working', { timeout: 60_000 });
  await expect(storages.row('Second copy')).toContainText('Last copy');
  const folder = path.join(sftp.home, 'second');
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^data-export-.*\.zip$/)]);

  await storages.press('Remove', 'Second copy');
  await expect(storages.dialog.getByLabel('Leave them there')).toBeChecked();
  await storages.dialog.getByLabel('Delete them there too').check();
  await storages.pressInDialog('Remove and delete the files');
  await expect(storages.row('Second copy')).toBeHidden({ timeout: 60_000 });
  await expect(storages.list.getByRole('heading')).toBeFocused();
  expect(existsSync(folder) ? await readdir(folder) : []).toEqual([]);
});

test('a storage at another place says how many files stayed at the former one', async ({ page, server, sftp }) => {
  await configure(server, 'Moving', sftp, 'former');
  await ended(server, { name: 'Left behind', upload: true });
  const storages = new StoragesPage(page);
  await storages.open(server);
  await expect(storages.row('Moving')).toContainText('Working', { timeout: 60_000 });
  await storages.press('Edit', 'Moving');
  await storages.field('base path').fill('latter');
  await storages.pressInDialog('Save');
  await expect(storages.dashboard.told('1 file stayed at the former one')).toBeVisible();
  expect(await readdir(path.join(sftp.home, 'former'))).toHaveLength(1);
});

test('a storage that fails is amber and says why, whatever it was before', async ({ page, server }) => {
  await withSftp(async (sftp) => {
    await configure(server, 'Down', sftp);
    await sftp.stop();
    await ended(server, { name: 'Nowhere to go', upload: true });
    const storages = new StoragesPage(page);
    await storages.open(server);
    const row = storages.row('Down');
    await expect(row).toContainText('Failing', { timeout: 60_000 });
    await expect(row).toContainText('refused');
    await expect(row).toContainText('It is tried again by itself.');
    await expect(row).not.toContainText('Working');

    // Its files cannot be deleted now: it says so, and can be let go without them.
    await storages.press('Remove', 'Down');
    await storages.pressInDialog('Remove');
    await expect(row).toBeHidden();
  });
});

test('switching off asks first, and switching on does not', async ({ page, server, sftp }) => {
  await configure(server, 'Now and then', sftp, 'now-and-then');
  const storages = new StoragesPage(page);
  await storages.open(server);
  const toggle = storages.list.getByRole('switch', { name: 'Now and then is enabled' });
  await toggle.click();
  await expect(storages.dialog).toContainText('on their way are given up');
  await storages.pressInDialog('Leave it on');
  await expect(toggle).toBeChecked();
  await expect(toggle).toBeFocused();
  await toggle.press('Space');
  await storages.pressInDialog('Switch off');
  await expect(toggle).not.toBeChecked();
  await expect(storages.row('Now and then')).toContainText('Switched off');
  await toggle.press('Space');
  await expect(toggle).toBeChecked();
  await expect(storages.row('Now and then')).toContainText('Not used yet');
});

test('an operator sees how the storages stand, without their settings and without buttons', async ({
  page,
  server,
  sftp,
}) => {
  await configure(server, 'For operators', sftp, 'secret-folder');
  const seen = answers(page);
  const storages = new StoragesPage(page);
  await storages.open({ origin: server.origin, token: await tokenOf(server, 'OPERATOR') });
  await expect(storages.row('For operators')).toContainText('SFTP server');
  await expect(storages.row('For operators')).toContainText('Not used yet');
  await expect(storages.list.getByRole('button')).toHaveCount(0);
  await expect(storages.list.getByRole('switch')).toHaveCount(0);
  await page.waitForLoadState('networkidle');
  expect(seen.join('\n')).not.toContain('secret-folder');
  expect(seen.join('\n')).not.toContain('FORBIDDEN');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the storages can be used by everybody in ${colorScheme} colours, and on a narrow screen`, async ({
    page,
    server,
    sftp,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 360, height: 800 });
    const long = colorScheme.charAt(0).repeat(200);
    await configure(server, long, sftp, `${'folder'.repeat(30)}/${colorScheme}`);
    const storages = new StoragesPage(page);
    await storages.open(server);
    await expect(storages.row(long)).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await seriousProblems(page)).toEqual([]);

    await storages.press('Edit', long);
    await storages.pressInDialog('Test');
    await expect(storages.dialog.getByText('Everything that copying needs works there.')).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await seriousProblems(page)).toEqual([]);
    await storages.field('host').fill('');
    await storages.pressInDialog('Save');
    expect(await seriousProblems(page)).toEqual([]);
    await storages.pressInDialog('Cancel');
    await expect(storages.list.getByRole('button', { name: `Edit ${long}` })).toBeFocused();
    await storages.press('Remove', long);
    expect(await seriousProblems(page)).toEqual([]);
    await storages.pressInDialog('Remove');
    await expect(storages.row(long)).toBeHidden();
  });
}
