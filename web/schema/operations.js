// Writes the types and the documents of the dashboard's operations: `npm run operations`. With `-- --check` it writes
// nothing, and ends with 1 if what stands there is not what the schema and the operations say.
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildASTSchema, parse, validate } from 'graphql';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const SOURCES = path.join(import.meta.dirname, '../src');
const SCHEMA = path.join(import.meta.dirname, '../../schema.graphql');
const WRITTEN = path.join(SOURCES, 'api/operations.ts');
const HEAD = '// Written by `npm run operations` from schema.graphql and the .graphql files here: not by hand.\n';
/** GraphiQL's are shown as they are, and each stands alone; so they are checked, and nothing is made of them. */
const SHOWN = path.join('graphiql', 'operations');

const schema = parse(await readFile(SCHEMA, 'utf8'));
const schemaAst = buildASTSchema(schema);

const files = (await readdir(SOURCES, { recursive: true })).filter((file) => file.endsWith('.graphql')).sort();
const documents = await Promise.all(
  files.map(async (file) => ({
    location: file,
    document: parse(await readFile(path.join(SOURCES, file), 'utf8'), { noLocation: true }),
  })),
);
for (const { location, document } of documents.filter(({ location }) => location.startsWith(SHOWN))) {
  for (const problem of validate(schemaAst, document)) {
    console.error(`${location}: ${problem.message}`);
    process.exitCode = 1;
  }
}

const written =
  HEAD +
  (await codegen({
    filename: WRITTEN,
    schema,
    schemaAst,
    documents: documents.filter(({ location }) => !location.startsWith(SHOWN)),
    config: {
      scalars: { BigInt: 'string', DateTime: 'string', Secret: 'string', URL: 'string' },
      strictScalars: true,
      useTypeImports: true,
      immutableTypes: true,
      dedupeFragments: true,
    },
    plugins: [{ 'typescript-operations': {} }, { 'typed-document-node': {} }],
    pluginMap: { 'typescript-operations': typescriptOperations, 'typed-document-node': typedDocumentNode },
  }));

if (!process.argv.includes('--check')) {
  await writeFile(WRITTEN, written);
} else if ((await readFile(WRITTEN, 'utf8')) !== written) {
  console.error('web/src/api/operations.ts is out of date: run `npm --prefix web run operations`');
  process.exitCode = 1;
}
