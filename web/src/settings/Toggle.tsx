// A toggle with a line of explanation, which screen readers read after its name and not as a part of it.
import { Switch, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface Props {
  label: string;
  description: ReactNode;
  checked: boolean;
  /** Whether it is being turned. */
  busy: boolean;
  turn: (on: boolean) => void;
}

export function Toggle({ label, description, checked, busy, turn }: Props) {
  const id = useId();
  return (
    <div>
      <Switch
        label={label}
        aria-describedby={id}
        checked={checked}
        // Not `disabled`, which would take the focus away.
        aria-busy={busy}
        onChange={(event) => {
          if (!busy) {
            turn(event.currentTarget.checked);
          }
        }}
      />
      {/* Under the label, not under the track. */}
      <Text id={id} size="xs" c="dimmed" mt={2} pl="3.125rem">
        {description}
      </Text>
    </div>
  );
}
