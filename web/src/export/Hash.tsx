// A SHA-256: short or whole, and a button that copies it whole.
import { ActionIcon, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './Hash.module.css';

interface Props {
  value: string;
  /** Whose hash it is, for those who cannot see beside what the button stands. */
  of: string;
  short?: boolean;
}

const SHORT = 12;

export function Hash({ value, of, short = false }: Props) {
  const { copy, copied, error } = useClipboard();
  // Where the page came without TLS, browsers keep the clipboard from it: then it is shown whole, to be copied by hand.
  const shortened = short && error === null;
  return (
    <span className={`${classes.hash ?? ''} ${shortened ? (classes.short ?? '') : ''}`}>
      <Text span ff="monospace" size="xs" title={value}>
        {shortened ? `${value.slice(0, SHORT)}…` : value}
      </Text>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        className={classes.copy ?? ''}
        aria-label={copied ? `SHA-256 of ${of} copied` : `Copy the SHA-256 of ${of}`}
        onClick={() => {
          copy(value);
        }}
      >
        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
      {error !== null && (
        <Text span size="xs" role="status">
          The browser does not let this page copy. Select the hash instead.
        </Text>
      )}
    </span>
  );
}
