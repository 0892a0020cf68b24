// The numbers among the settings, and the format: changed together, and kept when they are saved. What is out of range the
// server says, at the field.
import { Alert, Button, Group, NumberInput, Select, Stack } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import type { TableFormat, UpdateDataExportSettingsInput } from '../api/operations';
import { fieldError, otherErrors } from '../api/fieldErrors';
import { tellDone } from '../history/told';
import { LowerMaximum } from './LowerMaximum';
import type { Settings } from './useSettings';
import { useSaved } from './useSaved';

const FIELDS = ['maximumExports', 'backupTimeoutMinutes', 'format'];
/** More digits than any setting takes; the server says what is too much. */
const DIGITS = 1_000_000;

type Draft = Partial<Record<'maximumExports' | 'backupTimeoutMinutes', number | string>> & { format?: TableFormat };

export function SettingsForm({ settings, reload }: { settings: Settings; reload: () => void }) {
  const [draft, setTyped] = useState<Draft>({});
  const [asking, setAsking] = useState(false);
  const { busy, userErrors, forgive, save } = useSaved(settings, reload);
  const setDraft = (typed: Draft) => {
    setTyped(typed);
    forgive();
  };
  const shown = { ...settings, ...draft };
  const changes = changed(settings, draft);
  const dirty = Object.keys(changes).length > 0;

  const store = async () => {
    setAsking(false);
    if (await save(changes)) {
      setDraft({});
      tellDone('The settings are saved.');
    }
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (changes.maximumExports && changes.maximumExports < settings.maximumExports) {
      setAsking(true);
    } else {
      void store();
    }
  };

  return (
    <form onSubmit={submit} noValidate aria-label="Limits">
      <Stack gap="sm">
        {otherErrors(userErrors, FIELDS).map((message) => (
          <Alert key={message} color="orange" role="alert">
            {message}
          </Alert>
        ))}
        <NumberField
          label="Maximum exports"
          description="Kept on the instance, and on each storage. Past it, the oldest goes. 1 to 1000"
          value={shown.maximumExports}
          error={fieldError(userErrors, 'maximumExports')}
          change={(maximumExports) => {
            setDraft({ ...draft, maximumExports });
          }}
        />
        <NumberField
          label="Backup timeout (minutes)"
          description="An export that runs longer is marked failed and restarted. 60 to 1440"
          value={shown.backupTimeoutMinutes}
          error={fieldError(userErrors, 'backupTimeoutMinutes')}
          change={(backupTimeoutMinutes) => {
            setDraft({ ...draft, backupTimeoutMinutes });
          }}
        />
        <Select
          label="Format of the tables"
          allowDeselect={false}
          data={[
            { value: 'CSV', label: 'CSV' },
            { value: 'JSONL', label: 'JSON Lines' },
          ]}
          value={shown.format}
          error={fieldError(userErrors, 'format')}
          onChange={(format) => {
            if (format !== null) {
              setDraft({ ...draft, format });
            }
          }}
        />
        <Group>
          <Button type="submit" loading={busy} disabled={!dirty}>
            Save
          </Button>
          {dirty && (
            <Button
              variant="default"
              onClick={() => {
                setDraft({});
              }}
            >
              Undo
            </Button>
          )}
        </Group>
      </Stack>
      <LowerMaximum
        opened={asking}
        maximum={changes.maximumExports ?? settings.maximumExports}
        confirm={() => void store()}
        close={() => {
          setAsking(false);
        }}
      />
    </form>
  );
}

/** What the draft changes. An emptied field is sent as 0, of which the server says what is allowed. */
function changed(settings: Settings, draft: Draft): UpdateDataExportSettingsInput {
  const { maximumExports = settings.maximumExports, backupTimeoutMinutes = settings.backupTimeoutMinutes } = draft;
  return {
    ...(Number(maximumExports) === settings.maximumExports ? {} : { maximumExports: Number(maximumExports) }),
    ...(Number(backupTimeoutMinutes) === settings.backupTimeoutMinutes
      ? {}
      : { backupTimeoutMinutes: Number(backupTimeoutMinutes) }),
    ...(draft.format === undefined || draft.format === settings.format ? {} : { format: draft.format }),
  };
}

interface NumberFieldProps {
  label: string;
  description: string;
  value: number | string;
  error: string | null;
  change: (value: number | string) => void;
}

function NumberField({ change, ...field }: NumberFieldProps) {
  return (
    <NumberInput
      {...field}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      isAllowed={({ floatValue }) => floatValue === undefined || floatValue < DIGITS}
      onChange={change}
    />
  );
}
