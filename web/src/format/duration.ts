// Spans of time, as people read them.

/** Such as "12 s", "3 min 20 s", "2 h 5 min". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 1) {
    return 'under 1 s';
  }
  if (minutes < 1) {
    return `${seconds} s`;
  }
  if (hours < 1) {
    return withRest(`${minutes} min`, seconds % 60, 's');
  }
  return withRest(`${hours} h`, minutes % 60, 'min');
}

function withRest(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}

/** Between two moments as the API sends them; a dash if one is missing. */
export function between(start: string | null | undefined, end: string | null | undefined): string {
  return start && end ? duration(Date.parse(end) - Date.parse(start)) : '–';
}
