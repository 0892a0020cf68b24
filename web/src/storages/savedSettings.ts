// How the storages are set up. What there is to ask for is different at each provider, so the question is made of what
// the schema says. Only admins may ask.
import { gql } from '@urql/core';
import type { TypedDocumentNode } from 'urql';
import type { Provider } from './providers';

/** What the API shows of a storage's settings, by the names of their fields. */
export type Settings = Record<string, unknown>;

export interface Saved {
  readonly id: string;
  readonly name: string;
  /** Of the answer that the settings are of, if that is as it came: see EditStorage. */
  readonly version: number;
  readonly config: Settings;
}

export type SavedQuery = TypedDocumentNode<{ readonly storageLocations: readonly Saved[] }, Record<string, never>>;

/** Fields of two providers with one name and different types may not be asked for at once: they get other names. */
function renamed(providers: readonly Provider[], provider: Provider, field: { name: string; type: string }): boolean {
  const first = providers.flatMap(({ shown }) => shown).find(({ name }) => name === field.name);
  return provider.shown.includes(field) && first?.type !== field.type;
}

export function savedQuery(providers: readonly Provider[]): SavedQuery {
  const fragments = providers
    .filter(({ shown }) => shown.length > 0)
    .map((provider) => {
      const fields = provider.shown.map((field) =>
        renamed(providers, provider, field) ? `${alias(provider, field.name)}: ${field.name}` : field.name,
      );
      return `... on ${provider.type} { ${fields.join(' ')} }`;
    });
  return gql(
    `query StorageSettings { storageLocations { id name version config { __typename ${fragments.join(' ')} } } }`,
  );
}

function alias({ type }: Provider, field: string): string {
  return `${type}_${field}`;
}

/** The settings by the fields' own names. */
export function settingsOf(provider: Provider, { config }: Saved): Settings {
  return Object.fromEntries(
    provider.shown.map(({ name }) => [name, name in config ? config[name] : config[alias(provider, name)]]),
  );
}
