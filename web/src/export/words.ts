// What the API's words are called before people.
import type {
  CopyStatus,
  DataExportStatus,
  ExportDetailsQuery,
  FileStatus,
  TableFormat,
  VerificationStatus,
} from '../api/operations';

type Details = NonNullable<ExportDetailsQuery['dataExport']>;
type ExportCode = NonNullable<Details['failure']>['code'];
type CopyCode = NonNullable<Details['uploads'][number]['failure']>['code'];

export const STATUSES: Record<DataExportStatus, string> = {
  QUEUED: 'Waiting',
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELED: 'Canceled',
};

export const FILES: Record<FileStatus, string> = {
  AVAILABLE: 'On the server, ready for download',
  FILE_UNAVAILABLE: 'Gone or changed: somebody else than Carryall has moved or altered it',
  NONE: 'None',
  REMOVED: 'Removed, since newer exports took its place',
};

export const FORMATS: Record<TableFormat, string> = { CSV: 'CSV', JSONL: 'JSON Lines' };

export const VERIFICATIONS: Record<VerificationStatus, string> = {
  PASSED: 'Passed',
  FAILED: 'Failed',
  RUNNING: 'Being read back',
  NOT_VERIFIED: 'Not verified',
};

const COPIES: Record<CopyStatus, string> = {
  PENDING: 'Waiting',
  UPLOADING: 'On its way',
  UPLOADED: 'Arrived',
  FAILED: 'Given up',
  DELETING: 'Being removed',
};

/** Where a copy stands: one that waits since it has failed is not one that only waits. */
export function copyWord({ status, failure }: Pick<Details['uploads'][number], 'status' | 'failure'>): string {
  return status === 'PENDING' && failure !== null ? 'Failing' : COPIES[status];
}

/** What to do about a failed export, besides what its message says. */
export const ADVICE: Record<ExportCode, string> = {
  DISK_FULL: 'Make room where the server keeps its files, then export again.',
  FILES_UNREACHABLE: 'Check that the store where the server keeps its files can be reached, then export again.',
  INTERNAL: 'Export again. If it fails again, the server’s log says more.',
  SOURCE_UNAUTHORIZED: 'Check the user and the password of the source in the server’s settings, then export again.',
  SOURCE_UNREACHABLE: 'Check that the source is there and running, and its address, then export again.',
  STALLED: 'Check that the source is not busy or locked, then export again.',
  TABLE_UNREADABLE: 'Repair the table, or leave it out, then export again.',
  TIMED_OUT: 'Allow exports more time in the settings, or leave out large tables, then export again.',
  VERIFICATION_FAILED: 'Check the disk where the server keeps its files, then export again.',
  WORKER_LOST: 'Export again, unless that was done already.',
};

/** Why a copy did not arrive, for those who may not read the whole message. */
export const COPY_FAILURES: Record<CopyCode, string> = {
  DAMAGED: 'What arrived at the storage is not what was sent.',
  FILE_UNAVAILABLE: 'The archive on the server is gone or changed.',
  HOST_KEY_CHANGED: 'The storage’s server is not the one that was agreed on, so nothing was sent.',
  INVALID_SETTINGS: 'The settings of the storage cannot work.',
  NOT_FOUND: 'The storage has no such bucket, container or file.',
  QUOTA_EXCEEDED: 'The storage is full.',
  REJECTED: 'The storage refuses the file.',
  SWITCHED_OFF: 'The storage was switched off before the copy had arrived.',
  UNAUTHORIZED: 'The storage refuses the credentials.',
  UNREACHABLE: 'The storage cannot be reached.',
};

/** What engines call themselves. */
const ENGINES: Partial<Record<string, string>> = {
  sqlite: 'SQLite',
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  directory: 'Directory',
};

export function engine(name: string): string {
  return ENGINES[name] ?? name;
}
