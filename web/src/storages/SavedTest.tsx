// The test of a storage with the settings that are saved. It begins at once.
import { Alert, Button, Group, Stack } from '@mantine/core';
import { useEffect } from 'react';
import type { StorageRowFragment } from '../api/operations';
import { HostKey } from './HostKey';
import { TrialSteps } from './TrialSteps';
import { useTrial } from './useTrial';

interface Props {
  of: StorageRowFragment;
  close: () => void;
  /** Called when the server has noted how it went. */
  finished: () => void;
}

export function SavedTest({ of: { id }, close, finished }: Props) {
  const [trial, start] = useTrial(finished);
  useEffect(() => {
    start({ id });
  }, [id, start]);
  const told = trial?.told;
  return (
    <Stack>
      {trial !== null && told?.userErrors.length !== 1 && <TrialSteps trial={trial} />}
      {told?.userErrors.map(({ message }) => (
        <Alert key={message} color="red" role="alert">
          {message}
        </Alert>
      ))}
      {told?.ok === true && told.hostKeyFingerprint !== null && (
        // The server pins the first that a saved storage shows.
        <HostKey seen={told.hostKeyFingerprint} pinned={told.hostKeyFingerprint} />
      )}
      <Group justify="flex-end">
        <Button
          variant="default"
          disabled={trial?.running !== false}
          onClick={() => {
            start({ id });
          }}
        >
          Test again
        </Button>
        <Button onClick={close} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
