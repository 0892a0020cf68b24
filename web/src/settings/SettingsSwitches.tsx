// The two toggles. They take effect as they are pressed.
import { Alert, Stack } from '@mantine/core';
import { useState } from 'react';
import { UpdateSettingsDocument } from '../api/operations';
import { type UserError, useChange } from '../api/useChange';
import { Moment } from '../format/Moment';
import { Toggle } from './Toggle';
import type { Settings } from './useSettings';

export function SettingsSwitches({ settings }: { settings: Settings }) {
  const [busy, update] = useChange(UpdateSettingsDocument);
  const [userErrors, setUserErrors] = useState<readonly UserError[]>([]);
  const turn = async (change: { automaticExports: boolean } | { uploadAutomaticExports: boolean }) => {
    // Only this toggle is changed, so that nothing of anybody else's is overwritten.
    const { userErrors } = await update({ input: change });
    setUserErrors(userErrors);
  };
  return (
    <Stack gap="md">
      {userErrors.map(({ message }) => (
        <Alert key={message} color="red" role="alert">
          {message}
        </Alert>
      ))}
      <Toggle
        label="Automatic Exports"
        description={
          settings.nextRunAt === null ? (
            'One export each night at midnight UTC'
          ) : (
            <>
              One export each night at midnight UTC. Next: <Moment at={settings.nextRunAt} inline />
            </>
          )
        }
        checked={settings.automaticExports}
        busy={busy}
        turn={(automaticExports) => void turn({ automaticExports })}
      />
      <Toggle
        label="Upload Automatic Exports"
        description="Exports also go to every enabled storage"
        checked={settings.uploadAutomaticExports}
        busy={busy}
        turn={(uploadAutomaticExports) => void turn({ uploadAutomaticExports })}
      />
    </Stack>
  );
}
