// One setting of a provider in a form: what kind of field it is, the schema says.
import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { Described } from './Described';
import type { Setting, Value } from './providers';
import { SecretField } from './SecretField';

export interface FieldProps {
  setting: Setting;
  value: Value;
  error: string | undefined;
  /** Whether the storage is saved already, and with it perhaps a secret. */
  saved: boolean;
  /** Of a secret: whether the one that is saved shall go. */
  removed: boolean;
  onChange: (value: Value) => void;
  onRemove: (removed: boolean) => void;
}

export function SettingField(props: FieldProps) {
  const { setting, value, error, onChange } = props;
  const { kind, label, description, required, choices } = setting;
  const common = { label, description: description && <Described text={description} />, error, required };
  switch (kind) {
    case 'secret':
      return <SecretField {...props} />;
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'boolean' ? '' : value}
          allowDecimal={false}
          thousandSeparator=""
          onChange={onChange}
        />
      );
    case 'yes-no':
      return (
        <Checkbox
          label={label}
          description={common.description}
          error={error}
          checked={value === true}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={choices}
          value={value === '' ? null : String(value)}
          clearable={!required}
          onChange={(chosen) => {
            onChange(chosen ?? '');
          }}
        />
      );
    case 'text':
    case 'url':
      return (
        <TextInput
          {...common}
          type={kind}
          value={String(value)}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
        />
      );
  }
}
