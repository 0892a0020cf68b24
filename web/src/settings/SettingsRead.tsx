// The settings for those who may not change them.
import { Moment } from '../format/Moment';
import classes from './SettingsRead.module.css';
import type { Settings } from './useSettings';

export function SettingsRead({ settings }: { settings: Settings }) {
  return (
    <dl className={classes.list}>
      <dt>Automatic Exports</dt>
      <dd>
        {settings.automaticExports ? 'On: each night at midnight UTC. Next: ' : 'Off'}
        {settings.automaticExports && <Moment at={settings.nextRunAt} inline />}
      </dd>
      <dt>Upload Automatic Exports</dt>
      <dd>{settings.uploadAutomaticExports ? 'On' : 'Off'}</dd>
      <dt>Maximum exports</dt>
      <dd>{settings.maximumExports}</dd>
      <dt>Backup timeout</dt>
      <dd>{settings.backupTimeoutMinutes} minutes</dd>
    </dl>
  );
}
