// What stands in a form, and what is sent of it.
import type { Provider, Setting, Value, Values } from './providers';

/** What stands in a form before anybody types. `saved` is what the API shows of the settings: all but the secrets. */
export function initialValues({ settings }: Provider, saved: Record<string, unknown> = {}): Values {
  return Object.fromEntries(settings.map((setting) => [setting.name, initialValue(setting, saved[setting.name])]));
}

function initialValue({ kind, standard }: Setting, saved: unknown): Value {
  if (typeof saved === 'string' || typeof saved === 'number' || typeof saved === 'boolean') {
    return saved;
  }
  // One that is saved as null is not what it would be if it were left out.
  return saved === undefined && standard !== undefined ? standard : kind === 'yes-no' ? false : '';
}

/**
 * The settings as the API takes them. Of those that are saved, a secret that is empty stays what it is, and one in
 * `removed` goes.
 */
export function settingsInput(
  { settings }: Provider,
  values: Values,
  removed: readonly string[],
  saved: boolean,
): Record<string, Value | null> {
  const input: Record<string, Value | null> = {};
  for (const { name, kind, nullable, standard } of settings) {
    const value = values[name] ?? '';
    if (removed.includes(name)) {
      input[name] = null;
    } else if (value !== '' || (kind === 'secret' && saved)) {
      input[name] = kind === 'text' || kind === 'url' ? String(value).trim() : value;
    } else if (nullable) {
      input[name] = null;
    } else if (standard === undefined) {
      input[name] = value;
    }
    // Else it is left out, and is what the schema says.
  }
  return input;
}

/** What is wrong with a value, as far as it can be told here. */
export function wrong({ kind, label, required }: Setting, value: Value | undefined, saved: boolean): string | null {
  const text = String(value ?? '').trim();
  if (text === '') {
    return required && !(kind === 'secret' && saved) ? `${label} is needed.` : null;
  }
  if (kind === 'url' && !URL.canParse(text)) {
    return 'That is no address: it begins with https:// and the name of a host.';
  }
  return null;
}
