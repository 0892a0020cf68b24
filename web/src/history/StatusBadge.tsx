// Where an export stands, as a coloured word. The word alone says it: the colour is for those who see it.
import { Badge } from '@mantine/core';
import type { ExportRowFragment } from '../api/operations';

type Shown = Pick<ExportRowFragment, 'status' | 'fileStatus' | 'cancelRequested' | 'verification'>;

function appearance({ status, fileStatus, cancelRequested, verification }: Shown): [color: string, word: string] {
  switch (status) {
    case 'QUEUED':
      return ['gray', 'Waiting'];
    case 'RUNNING':
      return cancelRequested ? ['orange', 'Canceling'] : ['blue', 'Running'];
    case 'FAILED':
      return ['red', 'Failed'];
    case 'CANCELED':
      return ['gray', 'Canceled'];
    case 'COMPLETED':
      if (verification.status === 'FAILED') {
        return ['red', 'Damaged'];
      }
      return fileStatus === 'FILE_UNAVAILABLE' ? ['orange', 'File missing'] : ['green', 'Completed'];
  }
}

export function StatusBadge({ of }: { of: Shown }) {
  const [color, word] = appearance(of);
  return (
    <Badge color={color} variant="light" tt="none" miw="max-content">
      {word}
    </Badge>
  );
}
