// A secret in a form: what is typed stands in the field alone, and what is saved never comes back.
import { Button, Checkbox, FileButton, Group, PasswordInput, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { Described } from './Described';
import type { FieldProps } from './SettingField';

/** In bytes. A key is far smaller; a test, which is sent by WebSocket, may have twice as many. */
const LARGEST_FILE = 64 * 1024;

export function SecretField({ setting, value, error, saved, removed, onChange, onRemove }: FieldProps) {
  const { name, label, description, required, nullable } = setting;
  const [file, setFile] = useState<string | null>(null);
  const [unread, setUnread] = useState<string | null>(null);
  // Remade when what it holds is no longer what was typed.
  const [round, setRound] = useState(0);

  const reset = useRef<() => void>(null);

  const problem = error ?? unread;
  const read = async (chosen: File | null) => {
    // Else the same file could not be chosen again.
    reset.current?.();
    if (chosen === null) {
      return;
    }
    if (chosen.size > LARGEST_FILE) {
      setUnread(`${chosen.name} is too large to be a key.`);
      return;
    }
    let text: string;
    try {
      text = await chosen.text();
    } catch {
      setUnread(`${chosen.name} cannot be read. Choose it again.`);
      return;
    }
    setUnread(null);
    setFile(chosen.name);
    setRound(round + 1);
    onChange(text);
  };

  return (
    <div>
      <PasswordInput
        // Not controlled by React, which would write the secret into the page as an attribute.
        key={round}
        label={label}
        description={<SecretDescription text={description} saved={saved} required={required} />}
        error={problem}
        // Mantine says so of all its inputs but this.
        aria-invalid={problem !== null}
        required={required && !saved}
        autoComplete="new-password"
        placeholder={placeholder(file, saved, required)}
        disabled={removed}
        visibilityToggleFocusable
        visibilityToggleButtonProps={{ 'aria-label': `Show what is typed as ${label.toLowerCase()}` }}
        onChange={(event) => {
          setFile(null);
          setUnread(null);
          onChange(event.currentTarget.value);
        }}
      />
      <Group gap="sm" mt={name.endsWith('File') || (saved && nullable) ? 6 : 0}>
        {name.endsWith('File') && (
          <FileButton resetRef={reset} onChange={(chosen) => void read(chosen)}>
            {({ onClick }) => (
              <Button variant="default" size="xs" onClick={onClick} aria-label={`Read it from a file: ${label}`}>
                Read it from a file
              </Button>
            )}
          </FileButton>
        )}
        {file !== null && (
          <Text span size="sm" role="status">
            Taken from {file}
          </Text>
        )}
        {saved && nullable && value === '' && (
          <Checkbox
            size="xs"
            label="Remove the one that is set, if any"
            checked={removed}
            onChange={(event) => {
              onRemove(event.currentTarget.checked);
            }}
          />
        )}
      </Group>
    </div>
  );
}

/** Whether one that may be missing is set is nowhere told. */
function placeholder(file: string | null, saved: boolean, required: boolean): string {
  if (file !== null) {
    return '•••••••• from the file';
  }
  return saved ? (required ? '•••••••• set' : 'unchanged') : '';
}

function SecretDescription({ text, saved, required }: { text: string; saved: boolean; required: boolean }) {
  // What the schema says of changes is said here in the form's own words, where something is changed.
  const [about = ''] = text.split(/ (?=Left empty in a change)/);
  const kept = required ? 'Leave empty to keep it.' : 'Leave empty to keep it if it is set.';
  return <Described text={saved ? `${about} ${kept}` : about} />;
}
