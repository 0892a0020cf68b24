// The storages on the dashboard, against a real SFTP server.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ended, graphql, tokenOf } from './api.js';
import { expect, test as confined } from './confined.js';
import { withServer, type Server } from './server.js';
import { type SftpServer, withSftp } from './sftp.js';
import { configure, StoragesPage } from './storagesPage.js';

// Playwright wants an object pattern where a fixture needs no other fixture.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
const test = confined.extend<{}, { server: Server; sftp: SftpServer }>({
  server: [({}, use) => withServer(() => ['--demo', '--allow-loopback-storage'], use), { scope: 'worker' }],
  sftp: [({}, use) => withSftp(use), { scope: 'worker' }],
});

interface Schema {
  __type: {
    inputFields: {
      description: string;
      type: {
        inputFields: {
          name: string;
          defaultValue: string | null;
          type: { kind: string; name: string | null; ofType: { name: string } | null };
        }[];
      };
    }[];
  };
}

const SCHEMA = `{ __type(name: "StorageConfigInput") { inputFields { description type { inputFields {
  name defaultValue type { kind name ofType { name } } } } } } }`;

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

test('each provider has a form with all its settings, as the schema has them', async ({ page, server }) => {
  const schema = await graphql<Schema>(server, SCHEMA);
  const storages = new StoragesPage(page);
  await storages.open(server);
  await expect(storages.list).toContainText('None is set up yet');
  await storages.add.click();
  const providers = schema.__type.inputFields;
  expect(providers.length).toBeGreaterThan(7);
  for (const { description, type } of providers) {
    await storages.choose(description.split(/,|\.$/)[0] ?? '');
    for (const { name, defaultValue, type: of } of type.inputFields) {
      const field = storages.field(name.replace(/[A-Z]/g, ' $&'));
      await expect(field).toBeVisible();
      const scalar = of.ofType?.name ?? of.name;
      await expect(field).toHaveAttribute('type', scalar === 'Secret' ? 'password' : scalar === 'URL' ? 'url' : 'text');
      await expect(field).toHaveValue(defaultValue === null ? '' : String(JSON.parse(defaultValue)));
    }
    // And none besides: the name and the provider.
    await expect(storages.dialog.locator('input:visible')).toHaveCount(type.inputFields.length + 2);
    await storages.pressInDialog('Add');
    for (const { name, defaultValue, type: of } of type.inputFields) {
      const isNeeded = of.kind === 'NON_NULL' && defaultValue === null;
      const field = storages.field(name.replace(/[A-Z]/g, ' $&'));
      await (isNeeded ? expect(field) : expect(field).not).toHaveAttribute('aria-invalid', 'true');
    }
  }
});

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

test('a secret that would go elsewhere must be entered again, which is said at its field', async ({
  page,
  server,
  sftp,
}) => {
  await configure(server, 'Kept', sftp, 'kept');
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.press('Edit', 'Kept');
  await storages.field('host').fill('attacker.example.com');
  for (const button of ['Test', 'Save']) {
    await storages.pressInDialog(button);
    await expect(storages.field('password')).toBeFocused();
    await expect(storages.field('password')).toHaveAccessibleDescription(/Enter it again/);
    await storages.field('password').fill('x');
    await storages.field('password').fill('');
    await expect(storages.field('password')).not.toHaveAccessibleDescription(/Enter it again/);
  }
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

test('what somebody else has changed in the meantime is not overwritten', async ({ page, server, sftp }) => {
  const id = await configure(server, 'Of two', sftp, 'of-two');
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.press('Edit', 'Of two');
  await graphql(
    server,
    'mutation ($id: ID!) { updateStorageLocation(input: { id: $id, name: "Of another" }) { userErrors { message } } }',
    { id },
  );
  await storages.field('base path').fill('mine');
  // The list has heard of it; the form is still of what it was filled with.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(storages.row('Of another')).toBeAttached();
  await storages.pressInDialog('Save');
  await expect(storages.dialog.getByRole('alert')).toContainText('Somebody else changed it');
  await expect(storages.row('Of another')).toBeAttached();
  await storages.pressInDialog('Show what is saved now');
  await expect(storages.field('name')).toHaveValue('Of another');
  await expect(storages.field('base path')).toHaveValue('of-two');
  await storages.field('name').fill('Off-site again');
  await storages.pressInDialog('Save');
  await expect(storages.row('Off-site again')).toBeVisible();
});

test('a form is filled with what is saved when it opens, even if the list knows only half of it', async ({
  page,
  server,
  sftp,
}) => {
  const id = await configure(server, 'Half known', sftp, 'half-known');
  const storages = new StoragesPage(page);
  await storages.open(server);
  await expect(storages.row('Half known')).toContainText('127.0.0.1 › half-known');
  // The list's own answer comes, and with it the version; that about the settings does not.
  await page.route('**/graphql', async (route) => {
    const { query } = route.request().postDataJSON() as { query: string };
    if (!query.includes('query StorageSettings')) {
      await route.continue();
    }
  });
  const config = { host: '127.0.0.1', port: sftp.port, username: 'exporter', password: '', basePath: 'half-moved' };
  await graphql(
    server,
    'mutation ($input: UpdateStorageLocationInput!) { updateStorageLocation(input: $input) { userErrors { message } } }',
    { input: { id, name: 'Known by half', config: { sftp: config } } },
  );
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(storages.row('Known by half')).toContainText('127.0.0.1 › half-known');
  await page.unroute('**/graphql');
  await storages.press('Edit', 'Known by half');
  await expect(storages.field('base path')).toHaveValue('half-moved');
  await expect(storages.field('name')).toBeFocused();
  await storages.field('name').fill('Known');
  await storages.pressInDialog('Save');
  await expect(storages.row('Known')).toContainText('127.0.0.1 › half-moved');
});

test('what a test has shown is of the settings that it was made with', async ({ page, server, sftp }) => {
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.fillSftp('Tried', sftp, 'tried');
  await storages.pressInDialog('Test');
  const verdict = storages.dialog.getByText('Everything that copying needs works there.');
  const pin = storages.dialog.getByRole('button', { name: 'It is the right one: pin this key' });
  await expect(verdict).toBeVisible();
  await expect(pin).toBeVisible();
  await storages.field('host').fill('other.example.com');
  await expect(verdict).toBeHidden();
  await expect(pin).toBeHidden();
  await storages.field('host').fill('127.0.0.1');
  await storages.pressInDialog('Test');
  await pin.click();
  await expect(verdict).toBeVisible();
  await expect(storages.field('host key fingerprint')).toHaveValue(sftp.fingerprint);
});

test('a key is read from its file, and what is wrong with it stands at its field', async ({ page, server }) => {
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.add.click();
  await storages.choose('Google Cloud Storage');
  await storages.field('name').fill('By a file');
  await storages.field('project id').fill('project');
  await storages.field('bucket').fill('bucket');
  const chooser = page.waitForEvent('filechooser');
  await storages.pressInDialog('Read it from a file: Key file');
  const key = { name: 'key.json', mimeType: 'application/json', buffer: Buffer.from('{"private_key": "Pr1vate"}') };
  await (await chooser).setFiles(key);
  await expect(storages.dialog).toContainText('Taken from key.json');
  await storages.pressInDialog('Add');
  await expect(storages.dialog.getByText(/key/i).last()).toBeVisible();
  await expect(storages.dialog).toContainText(/private_key|client_email|key file/);
  expect(await page.content()).not.toContain('Pr1vate');
});

test('a provider that is new in the schema has its form too', async ({ page, server }) => {
  type Of = object | null;
  const type = (kind: string, name: string | null, ofType: Of = null, enumValues: Of[] | null = null) => ({
    __typename: '__Type',
    kind,
    name,
    ofType,
    enumValues,
  });
  const scalar = (name: string) => type('SCALAR', name);
  const needed = (ofType: object) => type('NON_NULL', null, ofType);
  const newMoon = { __typename: '__EnumValue', name: 'NEW_MOON', description: 'New moon.' };
  const setting = (name: string, type: object, defaultValue: string | null = null) => ({
    __typename: '__InputValue',
    name,
    description: `About \`${name}\`.`,
    defaultValue,
    type,
  });
  const moon = {
    __typename: '__InputValue',
    name: 'moonBase',
    description: 'Moon Base, or another one.',
    type: {
      __typename: '__Type',
      name: 'MoonBaseInput',
      inputFields: [
        setting('crater', needed(scalar('String'))),
        setting('airlockCode', needed(scalar('Secret'))),
        setting('depth', scalar('Int'), '12'),
        setting('farSide', needed(scalar('Boolean')), 'true'),
        setting('phase', type('ENUM', 'Phase', null, [newMoon])),
      ],
    },
  };
  const sent: unknown[] = [];
  await page.route('**/graphql', async (route) => {
    const { query, variables } = route.request().postDataJSON() as { query: string; variables: unknown };
    if (query.includes('query StorageSchema')) {
      const response = await route.fetch();
      const answer = (await response.json()) as { data: { config: { inputFields: unknown[] } } };
      answer.data.config.inputFields.push(moon);
      await route.fulfill({ response, json: answer });
    } else if (query.includes('mutation CreateStorage')) {
      sent.push(variables);
      await route.fulfill({ json: { errors: [{ message: 'There is no moon here.' }] } });
    } else {
      await route.continue();
    }
  });
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.add.click();
  await storages.choose('Moon Base');
  await storages.field('name').fill('High up');
  await storages.field('crater').fill('Tycho');
  await expect(storages.field('crater')).toHaveAccessibleDescription('About crater.');
  await storages.field('airlock code').fill('0000');
  await expect(storages.field('depth')).toHaveValue('12');
  await storages.field('depth').fill('13');
  await expect(storages.field('far side')).toBeChecked();
  await storages.field('far side').uncheck();
  await storages.dialog.getByRole('combobox', { name: 'Phase' }).click();
  await page.getByRole('option', { name: 'New moon' }).click();
  await storages.pressInDialog('Add');
  await expect(storages.dialog.getByRole('alert')).toContainText('There is no moon here.');
  const moonBase = { crater: 'Tycho', airlockCode: '0000', depth: 13, farSide: false, phase: 'NEW_MOON' };
  expect(sent).toEqual([{ input: { name: 'High up', config: { moonBase } } }]);
});

test('the API’s objections stand at the fields that they are about', async ({ page, server, sftp }) => {
  await configure(server, 'Taken', sftp, 'taken');
  const storages = new StoragesPage(page);
  await storages.open(server);
  await storages.fillSftp('Taken', sftp, 'not-taken');
  await storages.pressInDialog('Add');
  await expect(storages.field('name')).toBeFocused();
  await expect(storages.field('name')).toHaveAttribute('aria-invalid', 'true');
  await storages.field('name').fill('Not taken');
  await storages.field('port').fill('70000');
  await storages.pressInDialog('Add');
  await expect(storages.dialog.getByText(/65,?535/).last()).toBeVisible();
  await storages.field('port').fill(String(sftp.port));
  await storages.pressInDialog('Add');
  await expect(storages.row('Not taken')).toBeVisible();
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
