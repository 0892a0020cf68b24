// The choice of a provider: all that the schema has.
import { Select, Text } from '@mantine/core';
import type { Provider } from './providers';

interface Props {
  providers: readonly Provider[];
  chosen: Provider | undefined;
  error: string | undefined;
  readOnly: boolean;
  onChange: (chosen: Provider) => void;
}

export function ProviderSelect({ providers, chosen, error, readOnly, onChange }: Props) {
  return (
    <Select
      label="Provider"
      placeholder="Choose one"
      data={providers.map(({ field, name }) => ({ value: field, label: name }))}
      value={chosen?.field ?? null}
      error={error}
      readOnly={readOnly}
      // There is nothing to be opened.
      {...(readOnly && { rightSection: <span /> })}
      description={chosen?.about}
      required
      allowDeselect={false}
      maxDropdownHeight={360}
      renderOption={({ option }) => <Option of={providers.find(({ field }) => field === option.value)} />}
      onChange={(field) => {
        const provider = providers.find((provider) => provider.field === field);
        if (provider !== undefined) {
          onChange(provider);
        }
      }}
    />
  );
}

function Option({ of }: { of: Provider | undefined }) {
  return (
    <div>
      <Text size="sm">{of?.name}</Text>
      {of?.about !== '' && (
        <Text size="xs" c="dimmed">
          {of?.about}
        </Text>
      )}
    </div>
  );
}
