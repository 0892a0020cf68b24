// The ready-made operations fit the schema that the server really has.
import { expect } from '@playwright/test';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate } from 'graphql';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from './server.js';

const FOLDER = path.join(import.meta.dirname, '../src/graphiql/operations');

test('the ready-made operations are valid against the server’s schema', async ({ server }) => {
  const response = await fetch(`${server.origin}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${server.token}` },
    // With all that clients may ask for: it is within the server's limits.
    body: JSON.stringify({
      query: getIntrospectionQuery({
        directiveIsRepeatable: true,
        inputValueDeprecation: true,
        oneOf: true,
        schemaDescription: true,
        specifiedByUrl: true,
      }),
    }),
  });
  const { data } = (await response.json()) as { data: IntrospectionQuery };
  const schema = buildClientSchema(data);

  const files = await readdir(FOLDER);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const mistakes = validate(schema, parse(await readFile(path.join(FOLDER, file), 'utf8')));
    expect(mistakes, file).toEqual([]);
  }
});
