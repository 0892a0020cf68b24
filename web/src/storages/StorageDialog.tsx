// The one dialog of the storages: adding, editing, testing, switching off and removing, one at a time.
import { Modal, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { EditStorage } from './EditStorage';
import type { Provider } from './providers';
import { RemoveStorage } from './RemoveStorage';
import { SavedTest } from './SavedTest';
import { StorageForm } from './StorageForm';
import { SwitchOff } from './SwitchOff';
import type { Storage } from './useStorages';

export type Opened = { what: 'add' } | { what: 'edit' | 'test' | 'switch-off' | 'remove'; storage: Storage };

interface Props {
  opened: Opened | null;
  /** As they are now. */
  storages: readonly Storage[];
  providers: readonly Provider[];
  close: () => void;
  /** Asks for what is saved now. */
  reload: () => void;
  /** Called when the dialog is gone, and with it the button that it was opened by. */
  lost: () => void;
}

export function StorageDialog({ opened, storages, providers, close, reload, lost }: Props) {
  const phone = useMediaQuery('(max-width: 36em)');
  // What it shows while it goes away.
  const [shown, setShown] = useState(opened);
  if (opened !== null && opened !== shown) {
    setShown(opened);
  }
  const isRemoved = useRef(false);
  return (
    <Modal
      opened={opened !== null}
      onClose={close}
      title={
        <Text span fw={600}>
          {shown !== null && title(shown)}
        </Text>
      }
      size="lg"
      fullScreen={phone}
      // What was typed is not to be lost by a slip.
      closeOnClickOutside={false}
      onExitTransitionEnd={() => {
        // Secrets that were typed are not kept.
        setShown(null);
        if (isRemoved.current || document.activeElement === document.body) {
          isRemoved.current = false;
          lost();
        }
      }}
    >
      {shown !== null && (
        <Content
          shown={shown}
          storages={storages}
          providers={providers}
          close={close}
          reload={reload}
          closeRemoved={() => {
            isRemoved.current = true;
            close();
          }}
        />
      )}
    </Modal>
  );
}

function title(opened: Opened): string {
  switch (opened.what) {
    case 'add':
      return 'Add storage';
    case 'edit':
      return `Edit “${opened.storage.row.name}”`;
    case 'test':
      return `Test “${opened.storage.row.name}”`;
    case 'switch-off':
      return `Switch “${opened.storage.row.name}” off?`;
    case 'remove':
      return opened.storage.row.deleting
        ? `Stop deleting the files of “${opened.storage.row.name}”?`
        : `Remove “${opened.storage.row.name}”?`;
  }
}

/** A storage as it is by now: what is done to it carries its version. */
function now(opened: Storage, storages: readonly Storage[]): Storage {
  return storages.find(({ row }) => row.id === opened.row.id) ?? opened;
}

interface ContentProps extends Pick<Props, 'storages' | 'providers' | 'close' | 'reload'> {
  shown: Opened;
  closeRemoved: () => void;
}

function Content({ shown, storages, providers, close, reload, closeRemoved }: ContentProps) {
  switch (shown.what) {
    case 'add':
      return <StorageForm providers={providers} close={close} reload={reload} reopen={close} />;
    case 'edit': {
      const { row, provider } = shown.storage;
      return (
        // Without the schema, there is no button for it.
        provider && <EditStorage id={row.id} provider={provider} providers={providers} close={close} reload={reload} />
      );
    }
    case 'test':
      return <SavedTest of={shown.storage.row} close={close} finished={reload} />;
    case 'switch-off':
      return <SwitchOff of={now(shown.storage, storages).row} close={close} reload={reload} />;
    case 'remove':
      return <RemoveStorage of={shown.storage.row} close={close} removed={closeRemoved} />;
  }
}
