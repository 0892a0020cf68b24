// The clients of npm that the field uses for subscriptions, against the real server.
import { expect } from '@playwright/test';
import { createClient as overSse } from 'graphql-sse';
import { createClient as overWebSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { type Server, test } from './server.js';

interface Progress {
  dataExportProgress: { status: string; progress: { sequence: string } };
}

const WATCH = `subscription ($id: ID!) { dataExportProgress(id: $id) { status progress { sequence } } }`;

async function graphql(server: Server, query: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.origin}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${server.token}` },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

async function exportOf(server: Server, name: string): Promise<string> {
  const data = await graphql(server, `mutation { createDataExport(input: { name: "${name}" }) { dataExport { id } } }`);
  return (data as { createDataExport: { dataExport: { id: string } } }).createDataExport.dataExport.id;
}

interface Client {
  iterate(request: { query: string; variables?: Record<string, unknown> }): AsyncIterable<{
    data?: unknown;
    errors?: unknown;
  }>;
}

/** What a client is shown of an export, from whenever it comes to the end. */
async function watched(client: Client, id: string): Promise<string[]> {
  const states: string[] = [];
  let sequence = -1n;
  for await (const result of client.iterate({ query: WATCH, variables: { id } })) {
    expect(result.errors).toBeUndefined();
    const { status, progress } = (result.data as Progress).dataExportProgress;
    expect(BigInt(progress.sequence) > sequence).toBe(true);
    sequence = BigInt(progress.sequence);
    states.push(status);
  }
  return states;
}

async function codes(client: Client, query: string): Promise<unknown> {
  try {
    for await (const result of client.iterate({ query })) {
      return result.errors;
    }
  } catch (refused) {
    return refused;
  }
  return undefined;
}

test('graphql-ws watches an export to its end, asks beside it, and is told what is wrong', async ({ server }) => {
  const client = overWebSocket({
    url: `${server.origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${server.token}` },
    retryAttempts: 0,
  });
  const id = await exportOf(server, 'by graphql-ws');
  const [states, again] = await Promise.all([watched(client, id), watched(client, id)]);
  expect(states.at(-1)).toBe('COMPLETED');
  expect(again.at(-1)).toBe('COMPLETED');
  expect(await watched(client, id)).toEqual(['COMPLETED']);
  for await (const { data } of client.iterate<{ viewer: { role: string } }>({ query: '{ viewer { role } }' })) {
    expect(data?.viewer.role).toBe('ADMIN');
  }
  expect(JSON.stringify(await codes(client, '{ nothing }'))).toContain('GRAPHQL_VALIDATION_FAILED');
  await client.dispose();
});

test('graphql-ws is shut out without a good token', async ({ server }) => {
  let code: number | undefined;
  const client = overWebSocket({
    url: `${server.origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: 'Bearer carryall_wrong' },
    retryAttempts: 0,
    on: { closed: (event) => (code = (event as { code: number }).code) },
  });
  expect(await codes(client, '{ viewer { role } }')).toBeDefined();
  expect(code).toBe(4403);
  await client.dispose();
});

test('graphql-sse watches an export to its end, asks beside it, and is told what is wrong', async ({ server }) => {
  const client = overSse({
    url: `${server.origin}/graphql`,
    headers: { Authorization: `Bearer ${server.token}` },
    retryAttempts: 0,
  });
  const id = await exportOf(server, 'by graphql-sse');
  const [states, again] = await Promise.all([watched(client, id), watched(client, id)]);
  expect(states.at(-1)).toBe('COMPLETED');
  expect(again.at(-1)).toBe('COMPLETED');
  expect(await watched(client, id)).toEqual(['COMPLETED']);
  for await (const { data } of client.iterate<{ viewer: { role: string } }>({ query: '{ viewer { role } }' })) {
    expect(data?.viewer.role).toBe('ADMIN');
  }
  expect(await codes(client, '{ nothing }')).toMatchObject({ response: { status: 400 } });
  client.dispose();
  const stranger = overSse({ url: `${server.origin}/graphql`, retryAttempts: 0 });
  expect(await codes(stranger, '{ viewer { role } }')).toMatchObject({ response: { status: 401 } });
  stranger.dispose();
});
