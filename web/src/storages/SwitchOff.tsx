// Asks before a storage is switched off, and says what that gives up.
import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type StorageRowFragment, UpdateStorageDocument } from '../api/operations';
import { useChange } from '../api/useChange';
import { DialogEnd } from './DialogEnd';

interface Props {
  /** As it is now. */
  of: StorageRowFragment;
  close: () => void;
  /** Asks for the list as it is now. */
  reload: () => void;
}

export function SwitchOff({ of, close, reload }: Props) {
  const [busy, update] = useChange(UpdateStorageDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async () => {
    const { userErrors } = await update({ input: { id: of.id, enabled: false, expectedVersion: of.version } });
    const [first] = userErrors;
    if (first === undefined) {
      close();
    } else {
      setProblem(first.message);
      // Whoever wants it in spite of what somebody else has changed presses again.
      reload();
    }
  };
  return (
    <Stack>
      <Text>
        Exports are no longer copied there, and copies that are on their way are given up. What is there stays there.
        You can switch it on again at any time.
      </Text>
      <DialogEnd problem={problem} busy={busy} leave="Leave it on" act="Switch off" close={close} confirm={confirm} />
    </Stack>
  );
}
