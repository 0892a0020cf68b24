// How a storage stands, and what that comes from: amber as soon as something fails, and never a green that nothing has
// proved.
import { Badge, Group, Text } from '@mantine/core';
import type { StorageRowFragment } from '../api/operations';
import { Moment } from '../format/Moment';
import { sentence } from './sentence';

type Shown = Pick<StorageRowFragment, 'deleting' | 'enabled' | 'lastFailure' | 'lastUploadedAt'>;

function appearance({ deleting, enabled, lastFailure, lastUploadedAt }: Shown): [color: string, word: string] {
  if (deleting) {
    return [lastFailure === null ? 'gray' : 'orange', 'Being deleted'];
  }
  if (!enabled) {
    return [lastFailure === null ? 'gray' : 'orange', 'Switched off'];
  }
  if (lastFailure !== null) {
    return ['orange', 'Failing'];
  }
  return lastUploadedAt === null ? ['blue', 'Not used yet'] : ['green', 'Working'];
}

export function StorageState({ of }: { of: Shown }) {
  const { deleting, lastFailure, lastUploadedAt } = of;
  const [color, word] = appearance(of);
  return (
    <div>
      <Group gap="xs">
        <Badge color={color} variant="light" tt="none">
          {word}
        </Badge>
        <Text span size="sm" c="dimmed">
          {deleting ? (
            'Its files are deleted first; that is tried until it is done.'
          ) : lastUploadedAt === null ? (
            'No copy has arrived there.'
          ) : (
            <>
              Last copy <Moment at={lastUploadedAt} inline />
            </>
          )}
        </Text>
      </Group>
      {lastFailure !== null && (
        <Text size="sm" mt={4}>
          {sentence(lastFailure.message)}
          {lastFailure.occurredAt !== null && (
            <Text span size="sm" c="dimmed">
              {' '}
              Failed <Moment at={lastFailure.occurredAt} inline />.
            </Text>
          )}
          {lastFailure.retryable && (
            <Text span size="sm" c="dimmed">
              {' '}
              It is tried again by itself.
            </Text>
          )}
        </Text>
      )}
    </div>
  );
}
