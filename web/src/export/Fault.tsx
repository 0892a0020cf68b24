// Says that something could not be read, and lets the person try again.
import { Alert, Button, Stack } from '@mantine/core';
import type { CombinedError } from '@urql/core';
import { inWords } from '../api/useChange';

interface Props {
  title: string;
  error: CombinedError;
  again: () => void;
}

export function Fault({ title, error, again }: Props) {
  return (
    <Alert color="red" title={title}>
      <Stack gap="sm" align="flex-start">
        {error.networkError === undefined ? inWords(error) : 'The server cannot be reached.'}
        <Button size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      </Stack>
    </Alert>
  );
}
