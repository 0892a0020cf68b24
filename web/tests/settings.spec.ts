// The settings on the dashboard.
import { ended, graphql } from './api.js';
import { expect, test } from './confined.js';
import { DashboardPage } from './dashboardPage.js';

test('the toggles take effect as they are pressed, and are still so after a reload', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  const automatic = page.getByRole('switch', { name: 'Automatic Exports', exact: true });
  const upload = page.getByRole('switch', { name: 'Upload Automatic Exports' });
  await expect(automatic).not.toBeChecked();
  await automatic.click();
  await expect(automatic).toBeChecked();
  await expect(dashboard.settings).toContainText('Next:');
  await upload.click();
  await expect(upload).toBeChecked();
  await page.reload();
  await expect(automatic).toBeChecked();
  await expect(upload).toBeChecked();
  await automatic.click();
  await expect(automatic).not.toBeChecked();
});

test('numbers are kept after a reload, and refused out of range with the message at the field', async ({
  page,
  server,
}) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  const timeout = page.getByLabel('Backup timeout');
  const save = dashboard.settings.getByRole('button', { name: 'Save' });
  await expect(save).toBeDisabled();
  for (const wrong of ['59', '1441', '0', '']) {
    await timeout.fill(wrong);
    await save.click();
    await expect(timeout).toHaveAttribute('aria-invalid', 'true');
    await expect(timeout).toHaveAccessibleDescription(/60.*1440/);
  }
  await timeout.fill('90');
  await page.getByLabel('Maximum exports').fill('12');
  await save.click();
  await expect(dashboard.told('The settings are saved.')).toBeVisible();
  await expect(timeout).not.toHaveAttribute('aria-invalid', 'true');
  await page.reload();
  await expect(timeout).toHaveValue('90');
  await expect(page.getByLabel('Maximum exports')).toHaveValue('12');
});

test('a lower maximum is saved only after the page has said what it removes', async ({ page, server }) => {
  await graphql(server, 'mutation { updateDataExportSettings(input: { maximumExports: 5 }) { settings { version } } }');
  await ended(server, { name: 'The older' });
  await ended(server, { name: 'The newer' });
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  const maximum = page.getByLabel('Maximum exports');
  await maximum.fill('1');
  await dashboard.settings.getByRole('button', { name: 'Save' }).click();
  await expect(dashboard.dialog).toContainText('The older');
  await expect(dashboard.dialog).not.toContainText('The newer');
  await dashboard.dialog.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect(dashboard.row('The older')).toBeVisible();

  await dashboard.settings.getByRole('button', { name: 'Save' }).click();
  await dashboard.dialog.getByRole('button', { name: 'Save and remove' }).click();
  await expect(dashboard.row('The older')).toBeHidden();
  await expect(dashboard.row('The newer')).toBeVisible();
});

test('what somebody else has changed in the meantime is not overwritten', async ({ page, server }) => {
  const dashboard = new DashboardPage(page);
  await dashboard.open(server);
  const timeout = page.getByLabel('Backup timeout');
  await timeout.fill('120');
  await graphql(
    server,
    'mutation { updateDataExportSettings(input: { maximumExports: 33 }) { settings { version } } }',
  );
  await dashboard.settings.getByRole('button', { name: 'Save' }).click();
  await expect(dashboard.settings.getByRole('alert')).toContainText('changed');
  // What was typed stays, beside what holds now.
  await expect(timeout).toHaveValue('120');
  await expect(page.getByLabel('Maximum exports')).toHaveValue('33');
  await dashboard.settings.getByRole('button', { name: 'Save' }).click();
  await expect(dashboard.told('The settings are saved.')).toBeVisible();
});
