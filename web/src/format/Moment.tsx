// A moment: in the time of who looks, and in UTC, in which Carryall's nights begin.
import { Text } from '@mantine/core';

const LOCAL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const UTC_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const UTC_TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });
const LOCAL_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

function utc(moment: Date): string {
  const day = UTC_DAY.format(moment);
  const time = `${UTC_TIME.format(moment)} UTC`;
  // The day only where it is another one.
  return day === LOCAL_DAY.format(moment) ? time : `${day}, ${time}`;
}

/** Such as "24 Nov 2026, 18:06" over "17:06 UTC"; with `inline`, one after the other. */
export function Moment({ at, inline = false }: { at: string | null | undefined; inline?: boolean }) {
  if (!at) {
    return <>–</>;
  }
  const moment = new Date(at);
  const dimmed = (
    <Text span c="dimmed" size="xs" display={inline ? 'inline' : 'block'}>
      {inline ? ` (${utc(moment)})` : utc(moment)}
    </Text>
  );
  return (
    <time dateTime={at} title={at}>
      {LOCAL.format(moment)}
      {moment.getTimezoneOffset() === 0 ? ' UTC' : dimmed}
    </time>
  );
}
