// The exports that wait or run, each with how far it is.
import { Stack } from '@mantine/core';
import type { ExportRowFragment } from '../api/operations';
import { RunningExport } from './RunningExport';

export function RunningExports({ exports }: { exports: readonly ExportRowFragment[] }) {
  const active = exports.filter(({ status }) => status === 'QUEUED' || status === 'RUNNING');
  // The one that runs comes first; those that wait, in the order in which their turn comes.
  const ordered = [...active].reverse().sort((a, b) => Number(b.status === 'RUNNING') - Number(a.status === 'RUNNING'));
  if (ordered.length === 0) {
    return null;
  }
  return (
    <Stack component="section" aria-label="Running exports" gap="sm">
      {ordered.map((of) => (
        <RunningExport key={of.id} of={of} />
      ))}
    </Stack>
  );
}
