// What stands in the form of a storage, what is wrong with it, and what is to be sent.
import { useState } from 'react';
import type { StorageConfigInput } from '../api/operations';
import type { UserError } from '../api/useChange';
import type { Provider, Value, Values } from './providers';
import type { Settings } from './savedSettings';
import { initialValues, settingsInput, wrong } from './values';

interface Entered {
  name: string;
  provider: Provider | undefined;
  values: Values;
  /** The secrets that shall go. */
  removed: readonly string[];
}

/** What is wrong, by the name of the setting; of the storage's own name and the provider beside them. */
interface Errors {
  name?: string;
  provider?: string;
  settings: Record<string, string>;
}

export interface SavedStorage {
  name: string;
  provider: Provider;
  settings: Settings;
}

export function useStorageForm(saved: SavedStorage | undefined) {
  const [initial] = useState<Entered>(() => ({
    name: saved?.name ?? '',
    provider: saved?.provider,
    values: saved === undefined ? {} : initialValues(saved.provider, saved.settings),
    removed: [],
  }));
  const [entered, setEntered] = useState(initial);
  const [errors, setErrors] = useState<Errors>({ settings: {} });
  const isSaved = saved !== undefined;
  const { provider, values, removed } = entered;

  /** As the API takes the settings. Which provider it is, and what that wants, only the schema knows. */
  const config = (of: Entered) =>
    of.provider && { [of.provider.field]: settingsInput(of.provider, of.values, of.removed, isSaved) };

  return {
    entered,
    errors,
    isSaved,
    config: () => config(entered) as unknown as StorageConfigInput,
    isNameChanged: entered.name.trim() !== initial.name,
    isConfigChanged: JSON.stringify(config(entered)) !== JSON.stringify(config(initial)),
    setName: (name: string) => {
      setEntered({ ...entered, name });
      setErrors({ settings: errors.settings, ...(errors.provider && { provider: errors.provider }) });
    },
    setProvider: (provider: Provider) => {
      setEntered({ ...entered, provider, values: initialValues(provider), removed: [] });
      setErrors({ settings: {}, ...(errors.name && { name: errors.name }) });
    },
    setValue: (setting: string, value: Value) => {
      // By what is there by then: a file is read meanwhile.
      setEntered((now) => ({ ...now, values: { ...now.values, [setting]: value } }));
      setErrors((now) => ({ ...now, settings: without(now.settings, setting) }));
    },
    setRemoved: (setting: string, isRemoved: boolean) => {
      const others = removed.filter((name) => name !== setting);
      setEntered({ ...entered, removed: isRemoved ? [...others, setting] : others });
    },
    /** Whether it can be sent; what keeps it from that is shown. The name is of no concern to a test. */
    check: (withName: boolean): boolean => {
      const found: Errors = { settings: {} };
      if (withName && entered.name.trim() === '') {
        found.name = 'A name is needed.';
      }
      if (provider === undefined) {
        found.provider = 'A provider is needed.';
      }
      for (const setting of provider?.settings ?? []) {
        const problem = wrong(setting, values[setting.name], isSaved);
        if (problem !== null) {
          found.settings[setting.name] = problem;
        }
      }
      setErrors(found);
      return found.name === undefined && provider !== undefined && Object.keys(found.settings).length === 0;
    },
    /** Shows what the server says is wrong at the fields that it is about, and returns the rest. */
    show: (userErrors: readonly UserError[]): readonly UserError[] => {
      const found: Errors = { settings: {} };
      const rest = userErrors.filter(({ field, message }) => {
        const [top, , setting] = field ?? [];
        if (top === 'name') {
          found.name = message;
          return false;
        }
        if (setting !== undefined && setting in values) {
          found.settings[setting] = message;
          return false;
        }
        return true;
      });
      setErrors(found);
      return rest;
    },
  };
}

function without(errors: Record<string, string>, setting: string): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).filter(([name]) => name !== setting));
}
