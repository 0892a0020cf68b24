// One storage in the list, and for admins the buttons for what can be done with it.
import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { useChange } from '../api/useChange';
import { UpdateStorageDocument } from '../api/operations';
import { tellOutcome } from '../history/told';
import { Place } from './Place';
import type { Opened } from './StorageDialog';
import { StorageState } from './StorageState';
import type { Storage } from './useStorages';
import classes from './Storages.module.css';

interface Props {
  storage: Storage;
  mayAdminister: boolean;
  open: (what: Opened) => void;
}

export function StorageRow({ storage, mayAdminister, open }: Props) {
  const { row, provider, settings } = storage;
  return (
    <li className={classes.row} aria-label={row.name}>
      <Stack gap={6}>
        <div>
          <Text fw={600} className={classes.name ?? ''}>
            {row.name}
          </Text>
          <Group gap="0 0.75rem">
            <Text span size="sm" c="dimmed">
              {provider?.name}
            </Text>
            {provider && settings && <Place provider={provider} settings={settings} />}
          </Group>
        </div>
        <StorageState of={row} />
      </Stack>
      {mayAdminister && <Actions storage={storage} open={open} />}
    </li>
  );
}

function Actions({ storage, open }: Pick<Props, 'storage' | 'open'>) {
  const { row, provider } = storage;
  if (row.deleting) {
    return (
      <Group className={classes.actions ?? ''}>
        <Button
          variant="default"
          size="xs"
          aria-label={`Stop deleting ${row.name}`}
          onClick={() => {
            open({ what: 'remove', storage });
          }}
        >
          Stop deleting
        </Button>
      </Group>
    );
  }
  const act = (what: 'test' | 'edit' | 'remove', word: string) => (
    <Button
      variant="default"
      size="xs"
      aria-label={`${word} ${row.name}`}
      // Its form is drawn from the schema; that it cannot be read is said above the list.
      disabled={what === 'edit' && provider === undefined}
      onClick={() => {
        open({ what, storage });
      }}
    >
      {word}
    </Button>
  );
  return (
    <Group gap="xs" className={classes.actions ?? ''}>
      <Enabled storage={storage} open={open} />
      {act('test', 'Test')}
      {act('edit', 'Edit')}
      {act('remove', 'Remove')}
    </Group>
  );
}

/** On at once; off only after it was said what that gives up. */
function Enabled({ storage, open }: Pick<Props, 'storage' | 'open'>) {
  const { id, name, enabled, version } = storage.row;
  const [busy, update] = useChange(UpdateStorageDocument);
  const switchOn = async () => {
    const { userErrors } = await update({ input: { id, enabled: true, expectedVersion: version } });
    tellOutcome(`Switch ${name} on`, userErrors);
  };
  return (
    <Switch
      checked={enabled}
      disabled={busy}
      label="Enabled"
      aria-label={`${name} is enabled`}
      mr="xs"
      onChange={() => {
        if (enabled) {
          open({ what: 'switch-off', storage });
        } else {
          void switchOn();
        }
      }}
    />
  );
}
