// Changes a storage. What is saved is read when the form opens: the settings that it is filled with and the version that is
// sent with the change are of one answer, whatever the list hears meanwhile.
import { Alert, Button, Center, Loader, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useUncached } from '../api/uncached';
import { inWords } from '../api/useChange';
import type { Provider } from './providers';
import { savedQuery, settingsOf } from './savedSettings';
import { type Edited, StorageForm } from './StorageForm';

interface Props {
  id: string;
  provider: Provider;
  providers: readonly Provider[];
  close: () => void;
  /** Asks for the list as it is now. */
  reload: () => void;
}

export function EditStorage({ id, provider, providers, close, reload }: Props) {
  const client = useUncached();
  const [round, setRound] = useState(0);
  const [read, setRead] = useState<Edited | string | null>(null);
  const again = () => {
    setRead(null);
    setRound(round + 1);
  };
  // What was known of the providers when it opened stays: to read again is to lose what was typed.
  const [query] = useState(() => savedQuery(providers));
  useEffect(() => {
    let isGone = false;
    void client
      .query(query, {})
      .toPromise()
      .then(({ data, error }) => {
        const saved = data?.storageLocations.find((storage) => storage.id === id);
        if (isGone) {
          return;
        }
        if (saved !== undefined) {
          setRead({ id, name: saved.name, version: saved.version, provider, settings: settingsOf(provider, saved) });
        } else {
          setRead(data === undefined ? inWords(error) : 'There is no such storage any more.');
        }
      });
    return () => {
      isGone = true;
    };
  }, [client, query, id, provider, round]);

  if (read === null) {
    return (
      <Center p="xl" role="status" aria-label="What is saved is being read">
        <Loader />
      </Center>
    );
  }
  if (typeof read === 'string') {
    return (
      <Alert color="red" role="alert" title="Its settings cannot be read">
        <Text size="sm">{read}</Text>
        <Button variant="default" size="xs" mt="xs" onClick={again}>
          Try again
        </Button>
      </Alert>
    );
  }
  return <StorageForm key={round} providers={providers} of={read} close={close} reload={reload} reopen={again} />;
}
