// Where an export stands, in a word and a colour.
import { Badge } from '@mantine/core';
import type { DataExportStatus } from '../api/operations';
import { STATUSES } from './words';

const COLORS: Record<DataExportStatus, string> = {
  QUEUED: 'gray',
  RUNNING: 'blue',
  COMPLETED: 'green',
  FAILED: 'red',
  CANCELED: 'gray',
};

export function StatusBadge({ status, stopping = false }: { status: DataExportStatus; stopping?: boolean }) {
  return (
    <Badge color={COLORS[status]} variant="light" autoContrast>
      {stopping ? 'Being canceled' : STATUSES[status]}
    </Badge>
  );
}
