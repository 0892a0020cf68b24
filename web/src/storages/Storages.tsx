// Configured Storage: the places that exports are copied to, how each of them stands, and for admins how to set them
// up.
import { Alert, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useSettings } from '../settings/useSettings';
import { useMayAdminister, useMayOperate } from '../session/viewer';
import { type Opened, StorageDialog } from './StorageDialog';
import { StorageRow } from './StorageRow';
import { useStorages } from './useStorages';
import classes from './Storages.module.css';

export function Storages() {
  // What viewers may not see is not asked for.
  return useMayOperate() && <Configured />;
}

function Configured() {
  const mayAdminister = useMayAdminister();
  const { storages, providers, problem, reload } = useStorages();
  const [opened, setOpened] = useState<Opened | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const add = mayAdminister && storages !== undefined && (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={providers === undefined}
      onClick={() => {
        setOpened({ what: 'add' });
      }}
    >
      Add storage
    </Button>
  );
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="configured-storage">
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Title
            order={2}
            size="h3"
            id="configured-storage"
            ref={heading}
            tabIndex={-1}
            className={classes.heading ?? ''}
          >
            Configured Storage
          </Title>
          {storages?.length !== 0 && add}
        </Group>
        {problem !== null && (
          <Alert color="red" role="alert" title="The storages cannot be shown as they are now">
            <Text size="sm">{problem}</Text>
            <Button variant="default" size="xs" mt="xs" onClick={reload}>
              Try again
            </Button>
          </Alert>
        )}
        {storages === undefined && problem === null && <Waiting />}
        {storages?.length === 0 && (
          <Stack align="start" gap="sm">
            <Text>
              {'Every export can also be copied to storages elsewhere, so that it is safe if this server is lost. '}
              {mayAdminister ? 'None is set up yet.' : 'None is set up yet: an admin can add one.'}
            </Text>
            {add}
          </Stack>
        )}
        {storages !== undefined && storages.length > 0 && <UploadsOff />}
        {storages !== undefined && storages.length > 0 && (
          <ul className={classes.list}>
            {storages.map((storage) => (
              <StorageRow key={storage.row.id} storage={storage} mayAdminister={mayAdminister} open={setOpened} />
            ))}
          </ul>
        )}
      </Stack>
      <StorageDialog
        opened={opened}
        storages={storages ?? []}
        providers={providers ?? []}
        close={() => {
          setOpened(null);
        }}
        reload={reload}
        lost={() => {
          // Else the focus would be at the page's top.
          heading.current?.focus();
        }}
      />
    </Paper>
  );
}

/** Or one would wonder why nothing arrives. */
function UploadsOff() {
  const [{ data }] = useSettings();
  return (
    data?.dataExportSettings.uploadAutomaticExports === false && (
      <Text size="sm" c="dimmed">
        Only exports that ask for it are copied: “Upload Automatic Exports” is off in the settings.
      </Text>
    )
  );
}

function Waiting() {
  return (
    <Stack gap="xs" role="status" aria-label="The storages are being read">
      <Skeleton height={16} width="40%" />
      <Skeleton height={12} width="70%" />
    </Stack>
  );
}
