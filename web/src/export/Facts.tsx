// What is known of something, as pairs of a name and a value.
import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** Facts that are not known, or do not matter, are left out as false, null or undefined. */
export type Fact = readonly [name: string, value: ReactNode] | false | null | undefined;

export function Facts({ facts, narrow = false }: { facts: readonly Fact[]; narrow?: boolean }) {
  return (
    <dl className={narrow ? classes.narrow : classes.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
