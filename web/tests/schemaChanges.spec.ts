// What can break a client of the API is found in a change of schema.graphql, and passes only where it is meant.
import { expect, test as base } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const WEB = path.join(import.meta.dirname, '..');
const CHANGES = 'schema-changes.sh';

const SCHEMA = `
type Query {
  exports(first: Int, after: String): [Export!]!
}
type Export {
  id: ID!
  name: String
}
input ExportInput {
  name: String!
}
enum Status {
  QUEUED
}
`;

interface Ended {
  code: number | null;
  text: string;
}

function run(folder: string, command: string, ...args: string[]): Ended {
  // Nothing of a git around this one, as when the tests run from a hook.
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const git = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const env = { ...Object.fromEntries(outside), ...git };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env });
  return { code: status, text: stdout + stderr };
}

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'carryall-schema-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});

function passes({ code, text }: Ended, told: string) {
  expect(text).toContain(told);
  expect(code).toBe(0);
}

async function compare(folder: string, before: string, after: string): Promise<Ended> {
  const files = [path.join(folder, 'before.graphql'), path.join(folder, 'after.graphql')] as const;
  await writeFile(files[0], before);
  await writeFile(files[1], after);
  return run(WEB, 'npm', 'run', '--silent', 'schema:compare', '--', ...files);
}

const HARMLESS: [what: string, from: string, to: string, told: string][] = [
  ['nothing', 'id: ID!', 'id: ID!', '0 changes, 0 of them breaking'],
  ['an added field', 'id: ID!', 'id: ID! size: Int', "NON_BREAKING: Field 'size' was added to object type 'Export'"],
  ['an added argument with a default', 'first: Int,', 'first: Int, kind: Int! = 1,', 'DANGEROUS: Argument'],
  ['a field that is never null any more', 'name: String\n}\ninput', 'name: String!\n}\ninput', 'NON_BREAKING: '],
  ['a field that is deprecated', 'id: ID!', 'id: ID! @deprecated', 'NON_BREAKING: '],
  ['an added value', 'QUEUED', 'QUEUED RUNNING', 'DANGEROUS: Enum value'],
];

const BREAKING: [what: string, from: string, to: string, told: string][] = [
  ['a removed field', 'name: String\n}\ninput', '}\ninput', "Field 'name' was removed from object type 'Export'"],
  ['a changed type', 'id: ID!', 'id: Int!', "Field 'Export.id' changed type from 'ID!' to 'Int!'"],
  ['a field that can be null now', 'id: ID!', 'id: ID', "Field 'Export.id' changed type from 'ID!' to 'ID'"],
  ['a new required argument', 'first: Int,', 'first: Int, kind: Int!,', "Argument 'kind: Int!' added to field"],
  ['a removed argument', 'first: Int, ', '', "Argument 'first: Int' was removed from field"],
  [
    'a new required field of an input',
    'name: String!',
    'name: String! kind: Int!',
    "Input field 'kind' of type 'Int!'",
  ],
  ['a removed value', 'QUEUED', 'WAITING', "Enum value 'QUEUED' was removed from enum 'Status'"],
];

for (const [what, from, to, told] of HARMLESS) {
  test(`${what} breaks no client`, async ({ folder }) => {
    expect(SCHEMA).toContain(from);
    const ended = await compare(folder, SCHEMA, SCHEMA.replace(from, to));
    passes(ended, told);
    expect(ended.text).toMatch(/^\d+ changes, 0 of them breaking$/m);
  });
}

for (const [what, from, to, told] of BREAKING) {
  test(`${what} breaks clients`, async ({ folder }) => {
    expect(SCHEMA).toContain(from);
    const { code, text } = await compare(folder, SCHEMA, SCHEMA.replace(from, to));
    expect(text).toContain(`BREAKING: ${told}`);
    expect(text).toMatch(/^\d+ changes, 1 of them breaking$/m);
    expect(code).toBe(1);
  });
}

test('files that are no schemas are not taken for unchanged ones', async ({ folder }) => {
  expect((await compare(folder, SCHEMA, 'type {')).code).toBe(2);
  expect((await compare(folder, '', SCHEMA)).code).toBe(2);
  expect(run(WEB, 'npm', 'run', '--silent', 'schema:compare').code).toBe(2);
});

test('a change that breaks clients passes only with a commit that says it is meant', async ({ folder }) => {
  await mkdir(path.join(folder, 'scripts'));
  await copyFile(path.join(WEB, '../scripts', CHANGES), path.join(folder, 'scripts', CHANGES));
  await symlink(WEB, path.join(folder, 'web'));
  const changes = (...since: string[]) => run(folder, path.join(folder, 'scripts', CHANGES), ...since);
  const git = (...args: string[]) => {
    const who = ['-c', 'user.name=tester', '-c', 'user.email=tester@example.com'];
    const { code, text } = run(folder, 'git', ...who, ...args);
    expect(code, text).toBe(0);
  };
  const write = (schema: string) => writeFile(path.join(folder, 'schema.graphql'), schema);
  const commit = async (schema: string, message: string) => {
    await write(schema);
    git('add', 'schema.graphql');
    git('commit', '--quiet', '--allow-empty', '--message', message);
  };
  passes(changes(), 'there is no history');

  git('init', '--quiet', '--initial-branch=main');
  await commit(SCHEMA, 'The first');
  passes(changes(), 'there is no earlier commit');

  const broken = SCHEMA.replace('id: ID!', '');
  await write(broken);
  expect(changes().code).toBe(1);
  await commit(broken, 'The id goes');
  expect(changes().code).toBe(1);
  await commit(broken, 'Something else');
  expect(changes().code).toBe(1);
  await commit(broken, 'It was meant\n\nBreaking-Change: nobody needs the id');
  passes(changes(), 'nobody needs the id');

  // It stands for that change alone.
  const more = broken.replace('name: String\n', 'title: String\n');
  await commit(more, 'The name goes');
  expect(changes().code).toBe(1);

  // On a branch that is merged, the commits in it count.
  git('switch', '--quiet', '--create', 'branch');
  await commit(SCHEMA.replace('first: Int, ', ''), 'No pages\n\nBreaking-Change: nobody turns them');
  await commit(SCHEMA.replace('first: Int, ', '').replace('QUEUED', 'QUEUED RUNNING'), 'Running is told');
  git('switch', '--quiet', 'main');
  git('merge', '--quiet', '--no-ff', '--no-edit', 'branch');
  passes(changes(), 'nobody turns them');
  passes(changes('HEAD'), '0 changes');
  expect(changes('no-such-commit').code).toBe(2);
});
