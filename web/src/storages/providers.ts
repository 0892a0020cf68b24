// What the schema says of the providers: what each is called, which settings it has, and which of them are shown again.
// All forms are drawn from it, so that a new provider is one of the API alone.
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { inWords } from '../api/useChange';
import { StorageSchemaDocument, type StorageSchemaQuery } from '../api/operations';
import { label } from './label';

export type Value = string | number | boolean;
export type Values = Record<string, Value>;

/** How a setting is entered. */
export type Kind = 'text' | 'number' | 'url' | 'secret' | 'yes-no' | 'choice';

export interface Setting {
  name: string;
  label: string;
  description: string;
  kind: Kind;
  /** Whether there is no form without it. */
  required: boolean;
  /** Whether it can be null. */
  nullable: boolean;
  /** What it is if it is left out; undefined if the schema does not say. */
  standard: Value | undefined;
  /** Of a choice. */
  choices: readonly { value: string; label: string }[];
}

export interface Provider {
  /** Its field in the input of the API. */
  field: string;
  /** Such as "Amazon S3". */
  name: string;
  /** What the schema says of it beyond its name. */
  about: string;
  settings: readonly Setting[];
  /** The type that its settings are shown as. */
  type: string;
  /** The fields of that type, each with its own type. */
  shown: readonly { name: string; type: string }[];
}

type Inputs = NonNullable<NonNullable<StorageSchemaQuery['config']>['inputFields']>;
type InputField = NonNullable<Inputs[number]['type']['inputFields']>[number];

const KINDS: Partial<Record<string, Kind>> = { Boolean: 'yes-no', Int: 'number', Secret: 'secret', URL: 'url' };

/** Descriptions are wrapped in the schema, and end with a full stop. */
function sentence(description: string | null): string {
  return (description ?? '').replace(/\s+/g, ' ').trim();
}

/** The name is what stands before the first comma or at the end. */
function named(description: string | null, field: string): string {
  return /^[^,]+/.exec(sentence(description).replace(/\.$/, ''))?.[0] ?? label(field);
}

/** GraphQL writes values as JSON does, but for those of enumerations. */
function standard(text: string | null): Value | undefined {
  if (text === null || text === 'null') {
    return undefined;
  }
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

function setting({ name, description, defaultValue, type }: InputField): Setting {
  const nullable = type.kind !== 'NON_NULL';
  const inner = type.ofType ?? type;
  const choices = (inner.enumValues ?? []).map((value) => ({
    value: value.name,
    label: named(value.description, value.name),
  }));
  return {
    name,
    label: label(name),
    description: sentence(description),
    kind: inner.kind === 'ENUM' ? 'choice' : (KINDS[inner.name ?? ''] ?? 'text'),
    required: !nullable && defaultValue === null,
    nullable,
    standard: standard(defaultValue),
    choices,
  };
}

/** AMAZON_S3, `amazonS3` and `AmazonS3` are the same. */
function same(one: string | null, other: string): boolean {
  const bare = (name: string) => name.replaceAll('_', '').toLowerCase();
  return one !== null && bare(one) === bare(other);
}

export function readProviders(schema: StorageSchemaQuery): Provider[] {
  return (schema.config?.inputFields ?? []).map(({ name: field, description, type }) => {
    const shown = schema.shown?.possibleTypes?.find(({ name }) => same(name, field));
    const name = named(description, field);
    const settings = (type.inputFields ?? []).map(setting);
    return {
      field,
      name,
      about: sentence(description).replace(/\.$/, '') === name ? '' : sentence(description),
      // What must be said comes first; else as the API has them.
      settings: [...settings.filter(({ required }) => required), ...settings.filter(({ required }) => !required)],
      type: shown?.name ?? '',
      shown: (shown?.fields ?? []).map(({ name, type }) => ({
        name,
        type: `${type.kind} ${type.name ?? type.ofType?.name ?? ''}`,
      })),
    };
  });
}

/** Which of them a storage is at, by the enumeration's value. */
export function providerOf(providers: readonly Provider[], value: string): Provider | undefined {
  return providers.find(({ field }) => same(value, field));
}

interface Providers {
  providers: readonly Provider[] | undefined;
  problem: string | null;
  /** Asks again. */
  ask: () => void;
}

/** Asked for until it is known: the schema is the same for as long as the page is open. */
export function useProviders(): Providers {
  const [{ data, error }, ask] = useQuery({ query: StorageSchemaDocument, requestPolicy: 'cache-first' });
  const providers = useMemo(() => data && readProviders(data), [data]);
  return {
    providers,
    problem: error === undefined ? null : inWords(error),
    ask: () => {
      ask({ requestPolicy: 'network-only' });
    },
  };
}
