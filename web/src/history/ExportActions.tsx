// The buttons of an export: those that are wanted most beside each other, the rest in a menu. What the person may not do is
// not there.
import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import {
  IconCloudUpload,
  IconDots,
  IconDownload,
  IconKey,
  IconPin,
  IconPinnedOff,
  IconPlayerStop,
  IconRefresh,
  IconShieldCheck,
  IconTrash,
} from '@tabler/icons-react';
import { type ReactNode, type Ref, useRef, useState } from 'react';
import type { ExportRowFragment } from '../api/operations';
import { useMayAdminister, useMayOperate } from '../session/viewer';
import { DeleteExport } from './DeleteExport';
import { FilePassword } from './FilePassword';
import { type ExportActions as Actions, useExportActions } from './useExportActions';
import classes from './ExportActions.module.css';

/** Milliseconds until a dialog has let the focus go. */
const AFTER_CLOSING = 250;

interface Props {
  of: ExportRowFragment;
  /** Icons, where there is little room. */
  compact?: boolean;
  /** Called when the export is no longer there. */
  deleted?: () => void;
}

export function ExportActions({ of, compact = false, deleted }: Props) {
  const [dialog, setDialog] = useState<'password' | 'delete' | null>(null);
  const more = useRef<HTMLButtonElement>(null);
  const actions = useExportActions(of);
  if (!useMayOperate()) {
    return null;
  }
  const close = () => {
    // What opened the dialog to delete was an item of a menu that is closed since.
    if (dialog === 'delete') {
      setTimeout(() => more.current?.focus(), AFTER_CLOSING);
    }
    setDialog(null);
  };
  return (
    <>
      <div className={classes.actions}>
        {of.fileStatus === 'AVAILABLE' && (
          <Wanted compact={compact} label="Download" of={of} icon={<IconDownload size={18} />} act={actions.download} />
        )}
        {of.fileName !== null && (
          <Wanted
            compact={compact}
            label="Password"
            of={of}
            icon={<IconKey size={18} />}
            act={() => {
              setDialog('password');
            }}
          />
        )}
        <Others
          of={of}
          actions={actions}
          more={more}
          askToDelete={() => {
            setDialog('delete');
          }}
        />
      </div>
      <FilePassword opened={dialog === 'password'} id={of.id} name={of.name} close={close} />
      <DeleteExport opened={dialog === 'delete'} of={of} close={close} deleted={deleted ?? close} />
    </>
  );
}

interface WantedProps {
  compact: boolean;
  label: string;
  of: ExportRowFragment;
  icon: ReactNode;
  act: () => Promise<void> | void;
}

function Wanted({ compact, label, of, icon, act }: WantedProps) {
  const press = () => void act();
  return compact ? (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" onClick={press} aria-label={`${label}: ${of.name}`}>
        {icon}
      </ActionIcon>
    </Tooltip>
  ) : (
    <Button variant="default" leftSection={icon} onClick={press}>
      {label}
    </Button>
  );
}

interface OthersProps {
  of: ExportRowFragment;
  actions: Actions;
  /** The button that opens the menu. */
  more: Ref<HTMLButtonElement>;
  askToDelete: () => void;
}

function Others({ of, actions, more, askToDelete }: OthersProps) {
  const administers = useMayAdminister();
  const { status, fileStatus, pinned, cancelRequested, uploadStatus } = of;
  const active = status === 'QUEUED' || status === 'RUNNING';
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon ref={more} variant="default" size="lg" aria-label={`More: ${of.name}`} loading={actions.busy}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {active && !cancelRequested && (
          <Menu.Item leftSection={<IconPlayerStop size={16} />} onClick={() => void actions.cancel()}>
            Cancel
          </Menu.Item>
        )}
        {!active && (
          <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => void actions.restart()}>
            {status === 'COMPLETED' ? 'Export again' : 'Restart'}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={pinned ? <IconPinnedOff size={16} /> : <IconPin size={16} />}
          onClick={() => void actions.pin()}
        >
          {pinned ? 'Unpin' : 'Pin: keep whatever the maximum'}
        </Menu.Item>
        {fileStatus === 'AVAILABLE' && (
          <Menu.Item leftSection={<IconShieldCheck size={16} />} onClick={() => void actions.verify()}>
            Verify again
          </Menu.Item>
        )}
        {fileStatus === 'AVAILABLE' && (
          <Menu.Item leftSection={<IconCloudUpload size={16} />} onClick={() => void actions.upload()}>
            {uploadStatus === 'NOT_REQUESTED' ? 'Upload to the storages' : 'Upload again'}
          </Menu.Item>
        )}
        {administers && status !== 'RUNNING' && (
          <Menu.Item c="var(--danger)" leftSection={<IconTrash size={16} />} onClick={askToDelete}>
            Delete…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
