// Saves a storage: all of a new one, and of one that is there only what was changed.
import { CreateStorageDocument, UpdateStorageDocument } from '../api/operations';
import { useChange, type UserError } from '../api/useChange';
import { counted } from '../format/bytes';
import { notifications } from '@mantine/notifications';
import { tellDone } from '../history/told';
import type { Edited } from './StorageForm';
import type { useStorageForm } from './useStorageForm';

type Form = ReturnType<typeof useStorageForm>;

/** Whether it is on its way, and what saves. That returns what is wrong: nothing if it is done. */
export function useSaving(of: Edited | undefined): [boolean, (form: Form) => Promise<readonly UserError[]>] {
  const [creating, create] = useChange(CreateStorageDocument);
  const [updating, update] = useChange(UpdateStorageDocument);

  const save = async (form: Form): Promise<readonly UserError[]> => {
    const name = form.entered.name.trim();
    if (of === undefined) {
      const { userErrors } = await create({ input: { name, config: form.config() } });
      if (userErrors.length === 0) {
        tellDone(`${name} is added.`);
      }
      return userErrors;
    }
    if (!form.isNameChanged && !form.isConfigChanged) {
      return [];
    }
    const outcome = await update({
      input: {
        id: of.id,
        expectedVersion: of.version,
        ...(form.isNameChanged && { name }),
        ...(form.isConfigChanged && { config: form.config() }),
      },
    });
    if ('payload' in outcome) {
      tellDone(`${name} is saved.`);
      tellReleased(name, outcome.payload.releasedFiles);
    }
    return outcome.userErrors;
  };
  return [creating || updating, save];
}

function tellReleased(name: string, files: number): void {
  if (files > 0) {
    notifications.show({
      title: `${name} is at another place now`,
      message:
        `${counted(files, 'file')} stayed at the former one. Carryall no longer touches them; their passwords stay ` +
        'in the history.',
      color: 'orange',
      autoClose: false,
    });
  }
}
