// The storages on the dashboard as the tests handle them: by what a person sees and presses.
import type { Locator, Page } from '@playwright/test';
import { graphql } from './api.js';
import { expect } from './confined.js';
import { DashboardPage } from './dashboardPage.js';
import type { Server } from './server.js';
import type { SftpServer } from './sftp.js';

type Credentials = Pick<SftpServer, 'port' | 'password'>;

interface Created {
  createStorageLocation: { storageLocation: { id: string } | null };
}

export class StoragesPage {
  readonly dashboard: DashboardPage;
  readonly list: Locator;
  readonly dialog: Locator;
  readonly add: Locator;

  constructor(readonly page: Page) {
    this.dashboard = new DashboardPage(page);
    this.list = page.getByRole('region', { name: 'Configured Storage' });
    this.dialog = page.getByRole('dialog');
    this.add = this.list.getByRole('button', { name: 'Add storage' });
  }

  async open(server: Pick<Server, 'origin' | 'token'>): Promise<void> {
    await this.dashboard.open(server);
    await expect(this.list).toBeVisible();
  }

  row(name: string): Locator {
    return this.list.getByRole('listitem', { name, exact: true });
  }

  /** Presses a button of a storage. */
  async press(what: 'Test' | 'Edit' | 'Remove', name: string): Promise<void> {
    await this.list.getByRole('button', { name: `${what} ${name}`, exact: true }).click();
    await expect(this.dialog).toBeVisible();
  }

  async choose(provider: string): Promise<void> {
    await this.dialog.getByRole('combobox', { name: 'Provider' }).click();
    await this.page.getByRole('option').filter({ hasText: provider }).first().click();
  }

  /** The field of the dialog with this label. */
  field(label: string): Locator {
    return this.dialog.getByLabel(new RegExp(`^${label}( \\*)?$`, 'i'));
  }

  /** Fills in the form of an SFTP server. */
  async fillSftp(name: string, { port, password }: Credentials, basePath = ''): Promise<void> {
    await this.add.click();
    await this.choose('SFTP');
    await this.field('name').fill(name);
    await this.field('host').fill('127.0.0.1');
    await this.field('port').fill(String(port));
    await this.field('username').fill('exporter');
    await this.field('password').fill(password);
    await this.field('base path').fill(basePath);
  }

  /** The step of a test with these words. */
  step(words: string): Locator {
    const steps = this.dialog.getByRole('list', { name: 'Steps of the test' });
    return steps.getByRole('listitem').filter({ hasText: words });
  }

  async pressInDialog(name: string): Promise<void> {
    await this.dialog.getByRole('button', { name, exact: true }).click();
  }
}

/** Configures an SFTP server by the API. */
export async function configure(
  server: Server,
  name: string,
  { port, password }: Credentials,
  basePath = '',
): Promise<string> {
  const sftp = { host: '127.0.0.1', port, username: 'exporter', password, basePath };
  const { createStorageLocation } = await graphql<Created>(
    server,
    `
      mutation ($input: CreateStorageLocationInput!) {
        createStorageLocation(input: $input) {
          storageLocation {
            id
          }
        }
      }
    `,
    { input: { name, config: { sftp } } },
  );
  if (createStorageLocation.storageLocation === null) {
    throw new Error(`${name} was not configured`);
  }
  return createStorageLocation.storageLocation.id;
}
