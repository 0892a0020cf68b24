// What is known of something, as pairs of a name and a value.
import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** What is not known, or does not matter, is left out as false, null or undefined. What is wide has its own line. */
export type Fact = readonly [name: string, value: ReactNode, wide?: 'wide'] | false | null | undefined;

export function Facts({ facts, narrow = false }: { facts: readonly Fact[]; narrow?: boolean }) {
  return (
    <dl className={narrow ? classes.narrow : classes.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]} className={fact[2] && classes.wide}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
