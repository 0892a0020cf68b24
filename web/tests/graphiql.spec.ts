// What the GraphiQL page promises, tried in a browser against the real server.
import { expect, test } from './confined.js';
import { GraphiqlPage } from './graphiqlPage.js';
import type { Server } from './server.js';

function graphiqlAddress({ origin, token }: Server): string {
  return `${origin}/graphiql#token=${token}`;
}

test('a token in the address signs in, and the page reads the schema and runs a query', async ({ page, server }) => {
  const graphiql = new GraphiqlPage(page);
  await page.goto(graphiqlAddress(server));
  await graphiql.expectReady();
  await expect(page).toHaveURL(`${server.origin}/graphiql`);

  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const docs = page.getByRole('region', { name: 'Documentation Explorer' });
  for (const type of ['Query', 'Mutation', 'Subscription']) {
    await expect(docs.getByRole('link', { name: type, exact: true })).toBeVisible();
  }
  await docs.getByRole('link', { name: 'Query', exact: true }).click();
  await expect(docs.getByRole('link', { name: 'dataExports', exact: true })).toBeVisible();

  await graphiql.openTab('DataExportSettings');
  await graphiql.run();
  await expect(graphiql.answer).toContainText('"maximumExports":');

  await page.reload();
  await graphiql.expectReady();
});

test('an export made by mutation is followed by subscription until it is completed', async ({ page, server }) => {
  const graphiql = new GraphiqlPage(page);
  await page.goto(graphiqlAddress(server));
  await graphiql.expectReady();

  await graphiql.openTab('CreateDataExport');
  await graphiql.run();
  await expect(graphiql.answer).toContainText('"userErrors": []');
  const id = /"id":\s"([^"]+)"/.exec(await graphiql.answer.innerText())?.[1];
  expect(id).toBeTruthy();

  await graphiql.openTab('DataExportProgress');
  await graphiql.writeVariables(JSON.stringify({ id }));
  await graphiql.run();
  await expect(graphiql.answer).toContainText('"status": "COMPLETED"', { timeout: 90_000 });
  await expect(graphiql.answer).toContainText('"failure": null');

  await graphiql.openTab('DataExports');
  await graphiql.run();
  await expect(graphiql.answer).toContainText(`"id": "${id ?? ''}"`);
});

test('without a token the page asks for one, refuses a wrong one and lets the right one in', async ({
  page,
  server,
}) => {
  const graphiql = new GraphiqlPage(page);
  await page.goto(`${server.origin}/graphiql`);
  await expect(graphiql.tokenField).toBeFocused();
  await expect(graphiql.tokenField).toHaveAttribute('type', 'password');
  await expect(page.getByText('carryall token create --name NAME --role ADMIN')).toBeVisible();

  await graphiql.signIn('carryall_wrong');
  await expect(graphiql.problem).toContainText('refused');
  await expect(graphiql.tokenField).toBeFocused();
  await graphiql.signIn('not a token');
  await expect(graphiql.problem).toContainText('not a token');

  await graphiql.signIn(server.token);
  await graphiql.expectReady();
});

test('a wrong token in the address is taken out of it and refused', async ({ page, server }) => {
  const graphiql = new GraphiqlPage(page);
  await page.goto(`${server.origin}/graphiql#token=carryall_wrong`);
  await expect(graphiql.problem).toContainText('refused');
  await expect(page).toHaveURL(`${server.origin}/graphiql`);

  // The same tab: only the fragment changes, the page is not loaded again.
  await page.goto(graphiqlAddress(server));
  await graphiql.expectReady();
  await expect(page).toHaveURL(`${server.origin}/graphiql`);
});

test('signing out ends the session and forgets what was typed', async ({ page, server }) => {
  const graphiql = new GraphiqlPage(page);
  await page.goto(graphiqlAddress(server));
  await graphiql.expectReady();
  const cookies = await page.context().cookies();
  expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
    { httpOnly: true, sameSite: 'Strict' },
  ]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(graphiql.tokenField).toBeVisible();
  expect(await page.context().cookies()).toEqual([]);
  // The session itself is over, not only forgotten by this browser.
  await page.context().addCookies(cookies);
  expect(await page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0);
  await page.reload();
  await expect(graphiql.tokenField).toBeVisible();
});

test('a session that stops being accepted leads back to the form, and the work is kept', async ({ page, server }) => {
  const graphiql = new GraphiqlPage(page);
  await page.routeWebSocket('**/graphql', (socket) => socket.close({ code: 4403, reason: 'Forbidden' }));
  await page.goto(graphiqlAddress(server));
  await graphiql.expectReady();
  await graphiql.writeOperation('query Mine { dataExports(first: 1) { totalCount } }');
  await expect(page.getByRole('tab').getByRole('button', { name: 'Mine', exact: true })).toBeVisible();

  await page.route('**/graphql', (route) => route.fulfill({ status: 401, json: { errors: [] } }), { times: 1 });
  await graphiql.run();
  await expect(graphiql.problem).toContainText('session is over');
  await graphiql.signIn(server.token);
  await graphiql.expectReady();
  await expect(graphiql.operation).toContainText('query Mine');

  await graphiql.openTab('DataExportProgress');
  await graphiql.writeVariables('{"id": "any"}');
  await graphiql.run();
  await expect(graphiql.problem).toContainText('session is over');
});

test('nothing leaves the origin and the Content-Security-Policy blocks nothing', async ({
  page,
  server,
  trespasses,
}) => {
  const graphiql = new GraphiqlPage(page);
  const response = await page.goto(graphiqlAddress(server));
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).toContain("connect-src 'self'");
  await graphiql.expectReady();

  // What GraphiQL loads late or draws by itself: marks under mistakes, suggestions, hovers, the formatter, dialogs.
  await graphiql.writeOperation('{ dataExports(first: "ten") { nope } }');
  await expect(graphiql.operation.locator('.squiggly-error').first()).toBeAttached();
  await graphiql.operation.getByText('nope').hover();
  await expect(page.getByRole('tooltip').getByText('Cannot query field')).toBeVisible();
  await page.keyboard.press('End');
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('listbox', { name: 'Suggest' })).toBeVisible();
  await page.keyboard.press('Escape');

  await graphiql.writeOperation('{dataExports(first:10){totalCount}}');
  await graphiql.writeVariables('{"a":1}');
  await page.getByRole('button', { name: 'Prettify query' }).click();
  await expect(graphiql.operation).toContainText('dataExports(first: 10) {');

  await page.getByRole('button', { name: 'Open settings dialog' }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Show History' }).click();
  await graphiql.openTab('DataExportProgress');
  await graphiql.writeVariables('{"id": "none"}');
  await graphiql.run();
  await expect(graphiql.answer).not.toHaveText('');

  expect(page.workers().map((worker) => new URL(worker.url()).origin)).toContain(server.origin);
  expect(trespasses).toEqual([]);
});
