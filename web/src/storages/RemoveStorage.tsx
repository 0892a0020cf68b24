// Asks what becomes of the files there before a storage is removed.
import { Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { DeleteStorageDocument, type StorageRowFragment } from '../api/operations';
import { useChange } from '../api/useChange';
import { counted } from '../format/bytes';
import { tellDone } from '../history/told';
import { DialogEnd } from './DialogEnd';

const LEFT =
  'Carryall no longer touches them. The exports that they are of keep their passwords in the history until somebody ' +
  'deletes them.';
const DELETED =
  'Only what Carryall copied there. The storage stays in this list until the last of them is gone. This cannot be ' +
  'undone.';

interface Props {
  of: StorageRowFragment;
  close: () => void;
  /** It is gone, or soon will be. */
  removed: () => void;
}

export function RemoveStorage({ of, close, removed }: Props) {
  const [busy, remove] = useChange(DeleteStorageDocument);
  const [files, setFiles] = useState<'leave' | 'delete'>('leave');
  const [problem, setProblem] = useState<string | null>(null);
  const deleteFiles = files === 'delete';
  const confirm = async () => {
    const outcome = await remove({ input: { id: of.id, deleteFiles } });
    if (!('payload' in outcome)) {
      setProblem(outcome.userErrors[0]?.message ?? 'It was not removed.');
      return;
    }
    const { releasedFiles } = outcome.payload;
    if (deleteFiles) {
      tellDone(`${of.name} goes as soon as the last of its files is deleted there.`);
    } else {
      const files = counted(releasedFiles, 'file');
      const left = releasedFiles === 0 ? 'There were no files to leave there.' : `${files} stayed there.`;
      tellDone(`${of.name} is removed. ${left}`);
    }
    removed();
  };
  return (
    <Stack>
      {of.deleting ? (
        <Text>
          It goes from this list at once. Files that are not deleted yet stay there: Carryall no longer touches them,
          and their passwords stay in the history.
        </Text>
      ) : (
        <>
          <Text>Nothing is copied there any more.</Text>
          <Radio.Group
            label="The files that were copied there"
            value={files}
            onChange={(value) => {
              setFiles(value === 'delete' ? 'delete' : 'leave');
            }}
          >
            <Stack gap="sm" mt="xs">
              <Radio value="leave" label="Leave them there" description={LEFT} />
              <Radio value="delete" label="Delete them there too" description={DELETED} />
            </Stack>
          </Radio.Group>
        </>
      )}
      <DialogEnd
        problem={problem}
        busy={busy}
        leave={of.deleting ? 'Go on deleting' : 'Keep it'}
        act={of.deleting ? 'Stop and remove' : deleteFiles ? 'Remove and delete the files' : 'Remove'}
        grave
        close={close}
        confirm={confirm}
      />
    </Stack>
  );
}
