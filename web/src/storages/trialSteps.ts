// The steps of a test in plain words, in the order in which they are tried.
import type { StorageTestStepName } from '../api/operations';
import type { Told, Trial } from './useTrial';

/** What is said of a step before it is done, and after. */
const WORDS: Record<StorageTestStepName, [string, string]> = {
  RESOLVE: ['Look up the host', 'Looked up the host'],
  CONNECT: ['Connect', 'Connected'],
  IDENTIFY: ['Identify the host', 'Identified the host'],
  SIGN_IN: ['Sign in', 'Signed in'],
  WRITE: ['Write a small file', 'Wrote a small file'],
  READ: ['Read it back', 'Read it back'],
  DELETE: ['Delete it', 'Deleted it'],
};

const ORDER = Object.keys(WORDS) as StorageTestStepName[];

export interface ShownStep {
  name: StorageTestStepName;
  words: string;
  state: 'good' | 'bad' | 'trying' | 'waiting';
  message: string | null;
  durationMs: number | null;
}

/** Those that were tried, the one that is being tried, and those that are still to come. */
export function shownSteps({ running, told }: Trial): ShownStep[] {
  const done = (told?.steps ?? []).map(({ name, ok, message, durationMs }): ShownStep => {
    return { name, words: WORDS[name][ok ? 1 : 0], state: ok ? 'good' : 'bad', message, durationMs };
  });
  if (told?.finished === true && told.ok) {
    return done;
  }
  const trying = running ? told?.trying : null;
  const last = trying ?? told?.steps.at(-1)?.name;
  // Some providers have no use for some steps: those that were passed over are not shown.
  const ahead = ORDER.slice(last === undefined ? 0 : ORDER.indexOf(last) + (trying ? 0 : 1));
  return [
    ...done,
    ...ahead.map((name): ShownStep => {
      const state = name === trying ? 'trying' : 'waiting';
      return { name, words: WORDS[name][0], state, message: null, durationMs: null };
    }),
  ];
}

/** The last news, for those who do not see the list. */
export function news({ running, told, problem }: Trial): string {
  const failed = told?.steps.find(({ ok }) => !ok);
  if (problem !== null) {
    return problem;
  }
  if (failed !== undefined) {
    return `${WORDS[failed.name][0]}: failed. ${failed.message ?? ''}`;
  }
  if (!running) {
    return told?.ok === true ? 'Everything works.' : '';
  }
  return told?.trying ? `${WORDS[told.trying][0]}…` : 'Waiting for its turn…';
}

/** Whether the test came to an answer about the storage. */
export function verdict({ running, told }: Trial): Told | undefined {
  return !running && told?.userErrors.length === 0 ? told : undefined;
}
