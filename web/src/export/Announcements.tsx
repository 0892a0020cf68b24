// Says to screen readers what has changed on the page by itself.
import { VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { copyWord, STATUSES } from './words';
import type { Details } from './useExport';

function told({ status, uploads }: Details): string {
  const copies = uploads.map((copy) => `${copy.storage.name}: ${copyWord(copy).toLowerCase()}.`);
  return [`This export is ${STATUSES[status].toLowerCase()}.`, ...copies].join(' ');
}

export function Announcements({ dataExport }: { dataExport: Details }) {
  const now = told(dataExport);
  // What stands there when the page opens is read with the page: only what comes later is news.
  const [first] = useState(now);
  return <VisuallyHidden role="status">{now === first ? '' : now}</VisuallyHidden>;
}
