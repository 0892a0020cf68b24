// Says what changed between two files of a schema, and whether a client of the former can break:
// `npm run schema:compare -- OLD NEW`. Ends with 1 if it can, with 2 if the files cannot be compared.
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { readFile } from 'node:fs/promises';

const BREAKS = 1;
const NOT_COMPARED = 2;

/** Those that matter most come last, where they are seen. */
const LEVELS = [CriticalityLevel.NonBreaking, CriticalityLevel.Dangerous, CriticalityLevel.Breaking];

/**
 * @param {string} file
 */
async function schema(file) {
  return buildSchema(await readFile(file, 'utf8'));
}

/**
 * @param {string} before
 * @param {string} after
 */
async function compare(before, after) {
  const changes = await diff(await schema(before), await schema(after));
  for (const level of LEVELS) {
    for (const { criticality, message } of changes.filter((change) => change.criticality.level === level)) {
      const reason = level === CriticalityLevel.NonBreaking || !criticality.reason ? '' : ` (${criticality.reason})`;
      console.log(`${level}: ${message}${reason}`);
    }
  }
  const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking).length;
  console.log(`${changes.length} changes, ${breaking} of them breaking`);
  return breaking > 0;
}

const [before, after] = process.argv.slice(2);
if (before === undefined || after === undefined) {
  console.error('Usage: npm run schema:compare -- OLD NEW');
  process.exitCode = NOT_COMPARED;
} else {
  try {
    process.exitCode = (await compare(before, after)) ? BREAKS : 0;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
    process.exitCode = NOT_COMPARED;
  }
}
