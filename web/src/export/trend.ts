// Which exports the chart shows, and what it says in words.
import type { RecentExportsQuery } from '../api/operations';
import { bytes } from '../format/bytes';
import { duration } from '../format/duration';

export interface Point {
  id: string;
  name: string;
  finishedAt: string;
  sizeBytes: number;
  /** In whole seconds, which is what people are told. */
  took: number;
  isThis: boolean;
}

const MOST = 30;

export function seconds(took: number): string {
  return duration(1000 * took);
}

/** The last completed ones, oldest first; where this one is older than those, the ones from it on. */
export function points(exports: RecentExportsQuery['dataExports']['nodes'], id: string): readonly Point[] {
  const completed = exports.flatMap(({ id: other, name, status, sizeBytes, startedAt, finishedAt }) =>
    status === 'COMPLETED' && sizeBytes !== null && startedAt !== null && finishedAt !== null
      ? [
          {
            id: other,
            name,
            finishedAt,
            // Beyond 2^53 a bar is not less right.
            sizeBytes: Number(sizeBytes),
            took: Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000),
            isThis: other === id,
          },
        ]
      : [],
  );
  const start = Math.max(0, completed.findIndex(({ isThis }) => isThis) - MOST + 1);
  return completed.slice(start, start + MOST).reverse();
}

/** What can be seen in the chart. */
export function inWords(shown: readonly Point[]): string {
  const sizes = shown.map(({ sizeBytes }) => sizeBytes);
  const times = shown.map(({ took }) => took);
  const current = shown.find(({ isThis }) => isThis);
  const range = (values: readonly number[], say: (value: number) => string) => {
    const [least, most] = [say(Math.min(...values)), say(Math.max(...values))];
    return least === most ? least : `from ${least} to ${most}`;
  };
  const own =
    current === undefined ? '' : ` This one has ${bytes(current.sizeBytes)} and took ${seconds(current.took)}.`;
  return `${shown.length} completed exports: sizes ${range(sizes, bytes)}, durations ${range(times, seconds)}.${own}`;
}
