// Says so in the corner when an export that waits or runs while this page is open comes to its end.
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import type { ExportRowFragment } from '../api/operations';
import { useMayOperate } from '../session/viewer';

/** `exports`: the newest ones; undefined until they are known. */
export function useEndings(exports: readonly ExportRowFragment[] | undefined): void {
  const operates = useMayOperate();
  const active = useRef(new Set<string>());
  // The newest that was seen. One that came after it and has ended at first sight was just quick.
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (exports === undefined) {
      return;
    }
    for (const of of exports) {
      const fresh = seen.current !== null && of.createdAt > seen.current;
      if (of.status === 'QUEUED' || of.status === 'RUNNING') {
        active.current.add(of.id);
      } else if (active.current.delete(of.id) || fresh) {
        tell(of, operates);
      }
    }
    const newest = exports[0]?.createdAt ?? '';
    if (seen.current === null || newest > seen.current) {
      seen.current = newest;
    }
  }, [exports, operates]);
}

function tell({ status, name, failure }: ExportRowFragment, operates: boolean): void {
  switch (status) {
    case 'COMPLETED':
      notifications.show({
        title: 'Export completed',
        message: operates ? `“${name}” can be downloaded.` : `“${name}” is there.`,
        color: 'green',
      });
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
