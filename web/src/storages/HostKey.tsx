// The fingerprint of a host's key, as a test has seen it: to be compared with what the server's owner says, and pinned.
import { Alert, Button, Code, Text } from '@mantine/core';
import { IconCheck, IconFingerprint } from '@tabler/icons-react';

interface Props {
  seen: string;
  /** The one that is set; empty if none is. */
  pinned: string;
  /** Left out where there is nothing to enter it into. */
  pin?: () => void;
}

export function HostKey({ seen, pinned, pin }: Props) {
  const isPinned = pinned.trim() === seen;
  const isOther = !isPinned && pinned.trim() !== '';
  const title = isPinned
    ? 'The server has the key that is pinned'
    : isOther
      ? 'The server has another key'
      : 'Is this the right server?';
  return (
    <Alert
      color={isPinned ? 'green' : isOther ? 'orange' : 'blue'}
      icon={isPinned ? <IconCheck aria-hidden /> : <IconFingerprint aria-hidden />}
      title={title}
    >
      <Text size="sm">
        The server’s host key is <Code>{seen}</Code>. Compare it with what the server’s owner says.
        {isOther && ' Another one is pinned, so nothing is sent to it.'}
      </Text>
      {!isPinned && pin !== undefined && (
        <Button variant="default" size="xs" mt="xs" onClick={pin}>
          It is the right one: pin this key
        </Button>
      )}
    </Alert>
  );
}
