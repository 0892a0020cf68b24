// How many of an export's copies have arrived: amber as soon as one does not, never a silent green.
import { Badge, Text } from '@mantine/core';
import type { ExportRowFragment } from '../api/operations';

type Shown = Pick<ExportRowFragment, 'uploadStatus' | 'uploads'>;

/** What is wrong with the copies, in a few words; null if nothing is. */
export function copiesProblem({ uploadStatus, uploads }: Shown): string | null {
  const failing = uploads.filter(({ failure }) => failure !== null);
  if (failing.length === 0) {
    return uploadStatus === 'INCOMPLETE' ? 'some copies were given up' : null;
  }
  const names = failing.map(({ storage }) => storage.name).join(', ');
  return uploadStatus === 'INCOMPLETE' ? `given up: ${names}` : `trying again: ${names}`;
}

export function CopiesBadge({ of }: { of: Shown }) {
  const { uploadStatus, uploads } = of;
  if (uploadStatus === 'NOT_REQUESTED') {
    return (
      <Text span c="dimmed" size="sm">
        None
      </Text>
    );
  }
  const arrived = uploads.filter(({ status }) => status === 'UPLOADED').length;
  const problem = copiesProblem(of);
  const color = problem !== null ? 'orange' : uploadStatus === 'UPLOADED' ? 'green' : 'blue';
  const word = uploads.length === 0 ? 'To come' : `${arrived} of ${uploads.length}`;
  return (
    <>
      <Badge color={color} variant="light" tt="none" miw="max-content">
        {word}
      </Badge>
      {problem !== null && (
        <Text size="xs" mt={2}>
          {problem}
        </Text>
      )}
    </>
  );
}
