// The API as an integration uses it: to prepare what a page shows, and to compare with it.
import type { Server } from './server.js';

/** Fails where the API refuses: a test that goes on as if it had not says something else than what is wrong. */
export async function graphql<Data extends object>(
  { origin, token }: Pick<Server, 'origin' | 'token'>,
  query: string,
  variables: object = {},
): Promise<Data> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (data === undefined || errors !== undefined) {
    throw new Error(`${query}: ${JSON.stringify(errors)}`);
  }
  for (const payload of Object.values(data) as ({ userErrors?: unknown[] } | null)[]) {
    if (payload?.userErrors !== undefined && payload.userErrors.length > 0) {
      throw new Error(`${query}: ${JSON.stringify(payload.userErrors)}`);
    }
  }
  return data;
}

/** Asks for an export, and returns its id. */
export async function ask(server: Server, input: { name: string } & Record<string, unknown>): Promise<string> {
  const { createDataExport } = await graphql<{ createDataExport: { dataExport: { id: string } | null } }>(
    server,
    'mutation ($input: CreateDataExportInput!) { createDataExport(input: $input) { dataExport { id } } }',
    { input },
  );
  if (createDataExport.dataExport === null) {
    throw new Error(`${input.name} was not queued`);
  }
  return createDataExport.dataExport.id;
}

/** Makes an export, and returns its id when it has ended. */
export async function ended(server: Server, input: { name: string } & Record<string, unknown>): Promise<string> {
  const id = await ask(server, input);
  for (;;) {
    const { dataExport } = await graphql<{ dataExport: { status: string } }>(
      server,
      'query ($id: ID!) { dataExport(id: $id) { status } }',
      { id },
    );
    if (!['QUEUED', 'RUNNING'].includes(dataExport.status)) {
      return id;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A token of this role. */
export async function tokenOf(server: Server, role: 'ADMIN' | 'OPERATOR' | 'VIEWER'): Promise<string> {
  const { createApiToken } = await graphql<{ createApiToken: { secret: string } }>(
    server,
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }',
    { input: { name: `a ${role.toLowerCase()}`, role } },
  );
  return createApiToken.secret;
}
