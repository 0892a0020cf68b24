// Saves settings, unless somebody else has changed them since they were shown.
import { useState } from 'react';
import { type UpdateDataExportSettingsInput, UpdateSettingsDocument } from '../api/operations';
import { type UserError, useChange } from '../api/useChange';
import type { Settings } from './useSettings';

export interface Saved {
  busy: boolean;
  userErrors: readonly UserError[];
  /** Takes back what was said to be wrong. */
  forgive: () => void;
  /** Whether they are. */
  save: (changes: UpdateDataExportSettingsInput) => Promise<boolean>;
}

export function useSaved(settings: Settings, reload: () => void): Saved {
  const [busy, update] = useChange(UpdateSettingsDocument);
  const [userErrors, setUserErrors] = useState<readonly UserError[]>([]);
  return {
    busy,
    userErrors,
    forgive: () => {
      setUserErrors([]);
    },
    save: async (changes) => {
      const { userErrors } = await update({ input: { ...changes, expectedVersion: settings.version } });
      setUserErrors(userErrors);
      if (userErrors.some(({ code }) => code === 'STALE')) {
        // What was typed stays; what is shown beside it is what holds now.
        reload();
      }
      return userErrors.length === 0;
    },
  };
}
