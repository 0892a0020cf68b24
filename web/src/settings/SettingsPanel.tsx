// How exports run by themselves and how many are kept: to be changed by admins, to be read by everybody.
import { Alert, Paper, Skeleton, Stack, Title } from '@mantine/core';
import type { SettingsQuery } from '../api/operations';
import { OutOfDate } from '../api/OutOfDate';
import type { Answer } from '../api/usePolled';
import { inWords } from '../api/useChange';
import { useMayAdminister } from '../session/viewer';
import { SettingsForm } from './SettingsForm';
import { SettingsRead } from './SettingsRead';
import { SettingsSwitches } from './SettingsSwitches';

interface Props {
  answer: Answer<SettingsQuery>;
  /** Asks the server again, after somebody else has changed them. */
  reload: () => void;
}

export function SettingsPanel({ answer, reload }: Props) {
  const { error } = answer;
  const settings = answer.data?.dataExportSettings;
  const administers = useMayAdminister();
  return (
    <Paper component="section" aria-labelledby="settings" withBorder p="md">
      <Title order={2} size="h3" id="settings" mb="sm">
        Settings
      </Title>
      <OutOfDate of={answer} />
      {!settings && error && <Alert color="red">{inWords(error)}</Alert>}
      {!settings && !error && <Skeleton height={180} aria-label="Loading the settings" />}
      {settings && !administers && <SettingsRead settings={settings} />}
      {settings && administers && (
        <Stack gap="lg">
          <SettingsSwitches settings={settings} />
          <SettingsForm settings={settings} reload={reload} />
        </Stack>
      )}
    </Paper>
  );
}
