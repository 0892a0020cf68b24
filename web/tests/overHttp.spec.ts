// GraphQL over HTTP, audited by graphql-http: all that the specification says MUST and SHOULD be.
import { expect } from '@playwright/test';
import { serverAudits } from 'graphql-http';
import { test } from './server.js';

test('every audit of GraphQL over HTTP passes, by POST and by GET', async ({ server }) => {
  const audits = serverAudits({
    url: `${server.origin}/graphql`,
    fetchFn: (url: string, init?: RequestInit) =>
      fetch(url, { ...init, headers: { ...(init?.headers as object), Authorization: `Bearer ${server.token}` } }),
  });
  expect(audits.length).toBeGreaterThan(50);
  const failed: string[] = [];
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status !== 'ok') {
      failed.push(`${result.status}: ${audit.id} ${audit.name}: ${'reason' in result ? result.reason : ''}`);
    }
  }
  expect(failed).toEqual([]);
});
