// The button that makes an export, and its form: a name is all it needs.
import { Alert, Button, Collapse, Group, Modal, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconPlus } from '@tabler/icons-react';
import { type SubmitEvent, useState } from 'react';
import { CreateDataExportDocument, type CreateDataExportInput } from '../api/operations';
import { fieldError, otherErrors } from '../api/fieldErrors';
import { type UserError, useChange } from '../api/useChange';
import type { Settings } from '../settings/useSettings';
import { tellDone } from '../history/told';

const FIELDS = ['name', 'format', 'excludeTables', 'pinned', 'upload'];

export function CreateExport({ settings }: { settings: Settings | undefined }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="md" leftSection={<IconPlus size={18} />} onClick={open}>
        Create Data Export
      </Button>
      <Modal opened={opened} onClose={close} title="Create Data Export" size="lg">
        <CreateForm settings={settings} close={close} />
      </Modal>
    </>
  );
}

/** What the server knows the wish by: sent twice, it is still one export. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function CreateForm({ settings, close }: { settings: Settings | undefined; close: () => void }) {
  const [busy, create] = useChange(CreateDataExportDocument);
  const [folded, { toggle }] = useDisclosure(true);
  const [userErrors, setUserErrors] = useState<readonly UserError[]>([]);
  const [key, setKey] = useState(newKey);
  const [wish, setWish] = useState<CreateDataExportInput>({ name: '' });

  const change = (part: Partial<CreateDataExportInput>) => {
    setWish({ ...wish, ...part });
    // Another wish than the one that may have been sent.
    setKey(newKey());
  };
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { userErrors } = await create({ input: { ...wish, idempotencyKey: key }, operator: true });
    setUserErrors(userErrors);
    if (userErrors.length === 0) {
      close();
      tellDone(`“${wish.name}” is queued.`);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {otherErrors(userErrors, FIELDS).map((message) => (
          <Alert key={message} color="red" role="alert">
            {message}
          </Alert>
        ))}
        <TextInput
          label="Name"
          description="What you want to find it by. It holds every table of the application’s database."
          placeholder="Before the move"
          required
          data-autofocus
          value={wish.name}
          error={fieldError(userErrors, 'name')}
          onChange={(event) => {
            change({ name: event.currentTarget.value });
          }}
        />
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={toggle}
          aria-expanded={!folded}
          aria-controls="create-options"
          rightSection={folded ? <IconChevronDown size={16} /> : <IconChevronUp size={16} />}
          style={{ alignSelf: 'flex-start' }}
        >
          Options
        </Button>
        <Collapse expanded={!folded} id="create-options">
          <Options wish={wish} change={change} settings={settings} userErrors={userErrors} />
        </Collapse>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Not now
          </Button>
          <Button type="submit" loading={busy}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface OptionsProps {
  wish: CreateDataExportInput;
  change: (part: Partial<CreateDataExportInput>) => void;
  settings: Settings | undefined;
  userErrors: readonly UserError[];
}

/** What is not touched is left to the settings. */
function Options({ wish, change, settings, userErrors }: OptionsProps) {
  return (
    <Stack gap="sm">
      <Select
        label="Format of the tables"
        allowDeselect={false}
        data={[
          { value: 'CSV', label: 'CSV: opens in spreadsheets and databases' },
          { value: 'JSONL', label: 'JSON Lines: an object a row, without any loss' },
        ]}
        value={wish.format ?? settings?.format ?? 'CSV'}
        error={fieldError(userErrors, 'format')}
        onChange={(format) => {
          change({ format });
        }}
      />
      <TagsInput
        label="Tables to leave out"
        description="Names, or patterns such as *_log. Press Enter after each."
        value={[...(wish.excludeTables ?? [])]}
        error={fieldError(userErrors, 'excludeTables')}
        onChange={(excludeTables) => {
          change({ excludeTables });
        }}
      />
      <Switch
        label="Upload it to every enabled storage"
        checked={wish.upload ?? settings?.uploadAutomaticExports ?? false}
        onChange={(event) => {
          change({ upload: event.currentTarget.checked });
        }}
      />
      <Switch
        label="Pin it: keep it whatever the maximum"
        checked={wish.pinned ?? false}
        onChange={(event) => {
          change({ pinned: event.currentTarget.checked });
        }}
      />
    </Stack>
  );
}
