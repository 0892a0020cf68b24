// Who cannot see the page, or has no mouse, or a phone: each page and dialog looked at by axe, in light and in dark; the main job
// by the keyboard alone; no page wider than a phone.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { ask, ended, graphql } from './api.js';
import { expect, test } from './confined.js';
import { DashboardPage } from './dashboardPage.js';
import type { Server } from './server.js';
import { withSlowSource } from './slowSource.js';

/** What axe finds that keeps somebody from using the page. */
async function findings(page: Page): Promise<string[]> {
  // Not in the middle of a dialog's or a message's way in.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map((animation) => animation.finished));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}

/** One export of each kind: completed and pinned, canceled, failed. */
async function prepared(server: Server): Promise<string> {
  const id = await ended(server, { name: 'Looked at', pinned: true, upload: true });
  const canceled = await ask(server, { name: 'By mistake' });
  await graphql(server, 'mutation ($id: ID!) { cancelDataExport(input: { id: $id }) { userErrors { code } } }', {
    id: canceled,
  });
  // What is missing fails: nothing of the source is left to be written.
  await ended(server, { name: 'Nothing left', excludeTables: ['*'] });
  return id;
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test(`axe finds nothing serious on the sign-in form (${scheme})`, async ({ page, server }) => {
      await page.goto(server.origin);
      await expect(page.getByLabel('API token')).toBeFocused();
      expect(await findings(page)).toEqual([]);
      await page.getByLabel('API token').fill('carryall_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toContainText('refused');
      expect(await findings(page)).toEqual([]);
    });

    test(`axe finds nothing serious on the Data Exports page and in its dialogs (${scheme})`, async ({
      page,
      server,
    }) => {
      await prepared(server);
      const dashboard = new DashboardPage(page);
      await dashboard.open(server);
      await dashboard.expectCompleted('Looked at');
      expect(await findings(page)).toEqual([]);

      await dashboard.create.click();
      await dashboard.dialog.getByRole('button', { name: 'Options' }).click();
      await dashboard.dialog.getByRole('button', { name: 'Create' }).click();
      await expect(dashboard.dialog.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
      expect(await findings(page)).toEqual([]);
      await dashboard.dismiss();

      for (const item of ['Password', 'More']) {
        await page
          .getByRole('button', { name: `${item}: Looked at` })
          .first()
          .click();
        await expect(page.getByRole(item === 'More' ? 'menu' : 'dialog')).toBeVisible();
        expect(await findings(page)).toEqual([]);
        await dashboard.dismiss();
      }
      await dashboard.row('Looked at').first().getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
      await expect(dashboard.dialog).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await dashboard.dismiss();

      await page.getByLabel('Backup timeout').fill('1');
      await dashboard.settings.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByLabel('Backup timeout')).toHaveAttribute('aria-invalid', 'true');
      expect(await findings(page)).toEqual([]);
    });

    test(`axe finds nothing serious while an export runs and another waits (${scheme})`, async ({ page }) => {
      await withSlowSource(async (server) => {
        const dashboard = new DashboardPage(page);
        await dashboard.open(server);
        await dashboard.createExport('Long');
        await dashboard.createExport('Waiting');
        await expect(dashboard.running).toContainText('Reading tables');
        expect(await findings(page)).toEqual([]);
      });
    });
  });
}

test('the main job is done by the keyboard alone', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await page.goto(server.origin);
  await expect(page.getByLabel('API token')).toBeFocused();
  await page.keyboard.insertText(server.token);
  await page.keyboard.press('Enter');
  await expect(dashboard.create).toBeVisible();

  const reach = async (name: string | RegExp) => {
    const wanted = page.getByRole('button', { name });
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press('Tab');
      if (await wanted.evaluateAll((found) => found.includes(document.activeElement as HTMLElement))) {
        return;
      }
    }
    throw new Error(`${String(name)} cannot be reached by the Tab key`);
  };
  await reach('Create Data Export');
  await page.keyboard.press('Enter');
  await expect(dashboard.dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await expect(dashboard.dialog).toBeHidden();
  await expect(dashboard.create).toBeFocused();
  await dashboard.expectCompleted('By keyboard');

  await reach('Password: By keyboard');
  await page.keyboard.press('Enter');
  await expect(dashboard.dialog).toContainText('7z x data-export-');
  await dashboard.dismiss();
  await expect(page.getByRole('button', { name: 'Password: By keyboard' })).toBeFocused();

  await reach('More: By keyboard');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(dashboard.dialog).toContainText('Delete “By keyboard”?');
  await expect(dashboard.dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'More: By keyboard' })).toBeFocused();
});

test('no page is wider than a phone', async ({ page, server }) => {
  const id = await prepared(server);
  await page.setViewportSize({ width: 360, height: 740 });
  const dashboard = new DashboardPage(page);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await dashboard.open(server);
  await dashboard.expectCompleted('Looked at');
  expect(await width()).toBeLessThanOrEqual(360);
  await dashboard.create.click();
  await expect(dashboard.dialog).toBeVisible();
  expect(await width()).toBeLessThanOrEqual(360);
  await dashboard.dismiss();
  await page.getByRole('button', { name: 'Password: Looked at' }).first().click();
  await expect(dashboard.dialog).toContainText('7z x');
  expect(await width()).toBeLessThanOrEqual(360);
  await dashboard.open(server, `/exports/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Looked at' })).toBeVisible();
  expect(await width()).toBeLessThanOrEqual(360);
});

test('times are shown in the browser’s zone and in UTC', async ({ browser, server }) => {
  await ended(server, { name: 'At some time' });
  const context = await browser.newContext({ timezoneId: 'Asia/Kolkata' });
  const page = await context.newPage();
  await new DashboardPage(page).open(server);
  const time = new DashboardPage(page).row('At some time').locator('time');
  const at = new Date((await time.getAttribute('datetime')) ?? '');
  const shown = (timeZone: string) => at.toLocaleTimeString('en-GB', { timeStyle: 'short', timeZone });
  await expect(time).toContainText(shown('Asia/Kolkata'));
  await expect(time).toContainText(`${shown('UTC')} UTC`);
  await context.close();
});
