// Says so in the corner when an export that this page has seen waiting or running comes to its end.
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import type { ExportRowFragment } from '../api/operations';

export function useEndings(exports: readonly ExportRowFragment[]): void {
  const active = useRef(new Set<string>());
  useEffect(() => {
    for (const of of exports) {
      if (of.status === 'QUEUED' || of.status === 'RUNNING') {
        active.current.add(of.id);
      } else if (active.current.delete(of.id)) {
        tell(of);
      }
    }
  }, [exports]);
}

function tell({ status, name, failure }: ExportRowFragment): void {
  switch (status) {
    case 'COMPLETED':
      notifications.show({ title: 'Export completed', message: `“${name}” can be downloaded.`, color: 'green' });
      break;
    case 'FAILED':
      notifications.show({
        title: `“${name}” failed`,
        message: failure?.message ?? '',
        color: 'red',
        autoClose: false,
      });
      break;
    case 'CANCELED':
      notifications.show({ message: `“${name}” was canceled.`, color: 'gray' });
      break;
  }
}
