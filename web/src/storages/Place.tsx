// Where a storage's copies go, as far as its settings say: the way from the host to the folder.
import { Text } from '@mantine/core';
import type { Provider } from './providers';
import type { Settings } from './savedSettings';
import classes from './Storages.module.css';

/** How the parts of such a way are called, the outermost first. */
const PARTS = ['host', 'endpoint', 'identityEndpoint', 'accountName', 'container', 'bucket', 'basePath'];

/** A provider that calls them otherwise is shown with all its settings. */
function parts({ shown }: Provider, settings: Settings): string[] {
  const names = shown.map(({ name }) => name);
  const known = PARTS.filter((part) => part !== 'basePath' && names.includes(part));
  return (known.length > 0 ? PARTS : names).map((name) => text(settings[name])).filter((part) => part !== '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.replace(/^https:\/\//, '') : typeof value === 'number' ? String(value) : '';
}

export function Place({ provider, settings }: { provider: Provider; settings: Settings }) {
  const way = parts(provider, settings);
  return (
    way.length > 0 && (
      <Text span size="sm" className={classes.place ?? ''}>
        {way.join(' › ')}
      </Text>
    )
  );
}
