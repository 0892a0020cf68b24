// A description of the schema: what stands between backticks there is code.
import { Code } from '@mantine/core';
import { Fragment } from 'react';

export function Described({ text }: { text: string }) {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? <Code key={at}>{part}</Code> : <Fragment key={at}>{part}</Fragment>));
}
