// The Data Exports page: what runs, the history, the settings and the storages.
import { Alert, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'wouter';
import type { ExportRowFragment } from '../api/operations';
import { CreateExport } from '../create/CreateExport';
import { History } from '../history/History';
import { useNewest } from '../history/Newest';
import { RunningExports } from '../running/RunningExports';
import { useMayOperate } from '../session/viewer';
import { SettingsPanel } from '../settings/SettingsPanel';
import { useSettings } from '../settings/useSettings';
import { Storages } from '../storages/Storages';
import { FirstSteps } from './FirstSteps';

const NONE: readonly ExportRowFragment[] = [];

export function HomePage() {
  useDocumentTitle('Data Exports · Carryall');
  const operates = useMayOperate();
  const { data } = useNewest();
  const [settings, reload] = useSettings();
  const newest = data?.dataExports.nodes ?? NONE;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <div>
          <Title order={1}>Data Exports</Title>
          <Text c="dimmed">Full copies of the application’s data, each a password-protected .zip.</Text>
        </div>
        {operates && <CreateExport settings={settings.data?.dataExportSettings} />}
      </Group>
      {data?.dataExports.totalCount === 0 && <FirstSteps />}
      <LastFailure exports={newest} />
      <RunningExports exports={newest} />
      <History />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <SettingsPanel
          answer={settings}
          reload={() => {
            reload({ requestPolicy: 'network-only' });
          }}
        />
        <Storages />
      </SimpleGrid>
    </Stack>
  );
}

/** Says so if the last export that has an end has failed: from then on there is no newer copy. */
function LastFailure({ exports }: { exports: readonly ExportRowFragment[] }) {
  const last = exports.find(({ status }) => status === 'FAILED' || status === 'COMPLETED');
  if (last?.failure == null) {
    return null;
  }
  return (
    <Alert color="red" title="The last export failed">
      <Link href={`/exports/${last.id}`}>{last.name}</Link>: {last.failure.message}
    </Alert>
  );
}
