// Asks before a storage is switched off, and says what that gives up.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type StorageRowFragment, UpdateStorageDocument } from '../api/operations';
import { useChange } from '../api/useChange';

export function SwitchOff({ of, close }: { of: StorageRowFragment; close: () => void }) {
  const [busy, update] = useChange(UpdateStorageDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async () => {
    const { userErrors } = await update({ input: { id: of.id, enabled: false, expectedVersion: of.version } });
    const [first] = userErrors;
    if (first === undefined) {
      close();
    } else {
      setProblem(first.message);
    }
  };
  return (
    <Stack>
      <Text>
        Exports are no longer copied there, and copies that are on their way are given up. What is there stays there.
        You can switch it on again at any time.
      </Text>
      {problem !== null && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          Leave it on
        </Button>
        <Button loading={busy} onClick={() => void confirm()}>
          Switch off
        </Button>
      </Group>
    </Stack>
  );
}
