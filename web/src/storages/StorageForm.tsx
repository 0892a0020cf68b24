// Adds a storage or changes one: the provider, its settings as the schema has them, a test, and saving.
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { UserError } from '../api/useChange';
import { HostKey } from './HostKey';
import { ProviderSelect } from './ProviderSelect';
import type { Provider } from './providers';
import type { Settings } from './savedSettings';
import { SettingField } from './SettingField';
import { TrialSteps } from './TrialSteps';
import { useSaving } from './useSaving';
import { useStorageForm } from './useStorageForm';
import { useTrial } from './useTrial';

export interface Edited {
  id: string;
  name: string;
  /** The one that the rest is of. */
  version: number;
  provider: Provider;
  settings: Settings;
}

interface Props {
  providers: readonly Provider[];
  /** The storage as it was read for this form; without one, a storage is added. */
  of?: Edited;
  close: () => void;
  /** Asks for what is saved now. */
  reload: () => void;
  /** Opens it anew, as it is by now. */
  reopen: () => void;
}

function isStale({ code }: UserError): boolean {
  return code === 'STALE';
}

/** Where the fingerprint of a host's key is entered, at providers that have such keys. */
const HOST_KEY = 'hostKeyFingerprint';

export function StorageForm({ providers, of, close, reload, reopen }: Props) {
  const form = useStorageForm(of);
  const [rest, setRest] = useState<readonly UserError[]>([]);
  const [trial, startTrial, forgetTrial] = useTrial(reload);
  const [saving, save] = useSaving(of);
  const [focus, setFocus] = useState(0);
  const element = useRef<HTMLFormElement>(null);
  const { provider, values, removed, name } = form.entered;

  const show = (userErrors: readonly UserError[]) => {
    setRest(form.show(userErrors));
    if (userErrors.some(isStale)) {
      reload();
    }
    setFocus(focus + 1);
  };
  // To the first field that something is wrong with.
  useEffect(() => {
    if (focus > 0) {
      const field = element.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
      field?.focus({ preventScroll: true });
      // Not behind the dialog's head.
      field?.scrollIntoView({ block: 'center' });
    }
  }, [focus]);

  const check = (withName: boolean): boolean => {
    setRest([]);
    const good = form.check(withName);
    if (!good) {
      setFocus(focus + 1);
    }
    return good;
  };

  const submit = async () => {
    if (check(true)) {
      const userErrors = await save(form);
      if (userErrors.length === 0) {
        close();
      } else {
        show(userErrors);
      }
    }
  };

  const test = () => {
    if (check(false)) {
      startTrial(
        {
          ...(of && { id: of.id }),
          // With the settings that are saved it is noted how it went.
          ...(of === undefined || form.isConfigChanged ? { config: form.config() } : {}),
        },
        show,
      );
    }
  };

  /** What a test has shown is of the settings that it was made with. */
  const changed = (really: boolean) => {
    if (really) {
      forgetTrial();
    }
  };

  const overtaken = rest.some(isStale);
  const seen = trial?.told?.hostKeyFingerprint ?? null;
  const pinnable = provider?.settings.some((setting) => setting.name === HOST_KEY) ?? false;

  return (
    <form
      ref={element}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack>
        {rest.length > 0 && (
          <Alert
            color="red"
            role="alert"
            title={overtaken ? 'Somebody else changed it in the meantime' : 'That did not work'}
          >
            {rest.map(({ message }) => (
              <div key={message}>{message}</div>
            ))}
            {overtaken && (
              <Button variant="default" size="xs" mt="xs" onClick={reopen}>
                Show what is saved now
              </Button>
            )}
          </Alert>
        )}
        <TextInput
          label="Name"
          description="What it is called here."
          value={name}
          error={form.errors.name}
          required
          maxLength={200}
          autoComplete="off"
          data-autofocus
          // That of a storage that is saved comes after the dialog.
          autoFocus={form.isSaved}
          onChange={(event) => {
            form.setName(event.currentTarget.value);
          }}
        />
        <ProviderSelect
          providers={providers}
          chosen={provider}
          error={form.errors.provider}
          // Of a storage that is saved, another provider would be another storage.
          readOnly={form.isSaved}
          onChange={(chosen) => {
            forgetTrial();
            form.setProvider(chosen);
          }}
        />
        {provider?.settings.map((setting) => (
          <SettingField
            key={`${provider.field} ${setting.name}`}
            setting={setting}
            value={values[setting.name] ?? ''}
            error={form.errors.settings[setting.name]}
            saved={form.isSaved}
            removed={removed.includes(setting.name)}
            onChange={(value) => {
              changed(value !== values[setting.name]);
              form.setValue(setting.name, value);
            }}
            onRemove={(isRemoved) => {
              changed(true);
              form.setRemoved(setting.name, isRemoved);
            }}
          />
        ))}
        {trial !== null && <TrialSteps trial={trial} />}
        {seen !== null && pinnable && (
          <HostKey
            seen={seen}
            pinned={String(values[HOST_KEY] ?? '')}
            pin={() => {
              form.setValue(HOST_KEY, seen);
            }}
          />
        )}
        <Group justify="space-between">
          <Button variant="default" disabled={provider === undefined || trial?.running === true} onClick={test}>
            {trial === null ? 'Test' : trial.running ? 'Testing…' : 'Test again'}
          </Button>
          <Group>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={saving}>
              {form.isSaved ? 'Save' : 'Add'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
