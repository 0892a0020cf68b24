// The dashboard as the tests handle it: by what a person sees and presses.
import type { Locator, Page } from '@playwright/test';
import { expect } from './confined.js';
import type { Server } from './server.js';

export class DashboardPage {
  readonly history: Locator;
  readonly running: Locator;
  readonly settings: Locator;
  readonly create: Locator;
  readonly dialog: Locator;

  constructor(readonly page: Page) {
    this.history = page.getByRole('region', { name: 'Data Export History' });
    this.running = page.getByRole('region', { name: 'Running exports' });
    this.settings = page.getByRole('region', { name: 'Settings' });
    this.create = page.getByRole('button', { name: 'Create Data Export' });
    this.dialog = page.getByRole('dialog');
  }

  /** Opens a page of the dashboard, signed in. */
  async open({ origin, token }: Pick<Server, 'origin' | 'token'>, path = '/'): Promise<void> {
    await this.page.goto(`${origin}${path}#token=${token}`);
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
  }

  /** Closes a dialog or a menu by the Escape key. */
  async dismiss(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.dialog.or(this.page.getByRole('menu'))).toHaveCount(0);
  }

  row(name: string): Locator {
    return this.history.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** Asks for an export by its name alone. */
  async createExport(name: string): Promise<void> {
    await this.create.click();
    await this.dialog.getByLabel('Name').fill(name);
    await this.dialog.getByRole('button', { name: 'Create' }).click();
    await expect(this.dialog).toBeHidden();
  }

  async choose(name: string, item: string): Promise<void> {
    await this.page.getByRole('button', { name: `More: ${name}` }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async expectCompleted(name: string): Promise<void> {
    await expect(this.row(name)).toContainText('Completed', { timeout: 90_000 });
  }

  /** The message in the corner. */
  told(text: string | RegExp): Locator {
    return this.page.locator('.mantine-Notification-root').filter({ hasText: text });
  }
}
