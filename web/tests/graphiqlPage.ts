// The GraphiQL page as the tests handle it: by what a person sees and presses.
import type { Locator, Page } from '@playwright/test';
import { expect } from './confined.js';

export class GraphiqlPage {
  readonly tokenField: Locator;
  readonly problem: Locator;
  readonly answer: Locator;
  readonly operation: Locator;

  constructor(readonly page: Page) {
    this.tokenField = page.getByLabel('API token');
    this.problem = page.getByRole('main').getByRole('alert');
    this.answer = page.getByRole('region', { name: 'Result Window' });
    this.operation = page.getByRole('region', { name: 'Operation Editor' });
  }

  /** Signed in, editors there, schema read. */
  async expectReady(): Promise<void> {
    await expect(this.operation.getByRole('textbox')).toBeAttached();
    await expect(this.page.getByRole('button', { name: 'Re-fetch GraphQL schema' })).toBeEnabled();
  }

  async signIn(token: string): Promise<void> {
    await this.tokenField.fill(token);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async openTab(name: string): Promise<void> {
    await this.page.getByRole('tab').getByRole('button', { name, exact: true }).click();
    await this.expectOperation(new RegExp(`^(query|mutation|subscription) ${name}\\b`, 'm'));
  }

  async run(): Promise<void> {
    await this.page.getByRole('button', { name: 'Execute query' }).click();
  }

  async writeOperation(text: string): Promise<void> {
    await this.write('Operation Editor', text);
    await this.expectOperation(text);
  }

  async writeVariables(text: string): Promise<void> {
    await this.write('Variables', text);
  }

  private async write(editor: string, text: string): Promise<void> {
    const area = this.page.getByRole('region', { name: editor });
    await area.locator('.view-lines').click();
    await this.page.keyboard.press('ControlOrMeta+A');
    // Pasted: typed key by key, the editor would add closing brackets of its own.
    await area.getByRole('textbox').evaluate((field, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** GraphiQL takes notice of a changed operation, and of its name, only a moment after the editor shows it. */
  private async expectOperation(text: string | RegExp): Promise<void> {
    const noticed = () => this.page.evaluate(() => sessionStorage.getItem('graphiql:query') ?? '');
    await (text instanceof RegExp ? expect.poll(noticed).toMatch(text) : expect.poll(noticed).toBe(text));
  }
}
