// Where a storage's copies go, as far as its settings say: the way from the host to the folder.
import { Text } from '@mantine/core';
import type { Provider } from './providers';
import type { Settings } from './savedSettings';
import classes from './Storages.module.css';

/** What leads nearer to the folder, the outermost first; what else there is stands before the folder itself. */
const OUTERMOST = ['host', 'endpoint', 'identityEndpoint', 'accountName', 'container', 'bucket'];
const FOLDER = 'basePath';
/** How one gets there, and as whom, is another matter. */
const BESIDE = /key|version|user|email|region|project|port$/i;

function way({ shown }: Provider, settings: Settings): string[] {
  const names = shown.map(({ name }) => name).filter((name) => !BESIDE.test(name));
  const others = names.filter((name) => !OUTERMOST.includes(name) && name !== FOLDER);
  return [...OUTERMOST, ...others, FOLDER].map((name) => text(settings[name])).filter((part) => part !== '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.replace(/^https:\/\//, '') : '';
}

export function Place({ provider, settings }: { provider: Provider; settings: Settings }) {
  const parts = way(provider, settings);
  return (
    parts.length > 0 && (
      <Text span size="sm" className={classes.place ?? ''}>
        {parts.join(' › ')}
      </Text>
    )
  );
}
