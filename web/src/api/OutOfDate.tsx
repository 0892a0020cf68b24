// Says so when what is shown could not be asked for again. That the server is gone altogether, the banner says.
import { Alert } from '@mantine/core';
import type { Answer } from './usePolled';
import { inWords } from './useChange';

export function OutOfDate({ of: { data, error } }: { of: Answer<unknown> }) {
  const unreachable = error?.networkError !== undefined && error.response === undefined;
  if (data === undefined || error === undefined || unreachable) {
    return null;
  }
  return (
    <Alert color="orange" mb="sm" title="This may be out of date">
      {inWords(error)}
    </Alert>
  );
}
