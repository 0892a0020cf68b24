// The forms of storages: what they ask for, how they are checked, and what becomes of what somebody has entered.
import { graphql } from './api.js';
import { expect } from './confined.js';
import { configure, StoragesPage } from './storagesPage.js';
import { test } from './withStorages.js';

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
