// Numbers of bytes and of rows, as people read them. The API sends them as strings: they may be beyond 2^53.

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Such as "1.4 MB": powers of 1000, as disks and storages count. */
export function bytes(text: string | number | null | undefined): string {
  if (text === null || text === undefined) {
    return '–';
  }
  let size = Number(text);
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.5 ? 0 : 1;
  return `${size.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

const WHOLE = new Intl.NumberFormat('en');

/** Such as "1,234,567". */
export function count(text: string | number | null | undefined): string {
  return text === null || text === undefined ? '–' : WHOLE.format(BigInt(text));
}

/** Such as "1 row" or "1,234 rows". */
export function counted(number: string | number, one: string, many = `${one}s`): string {
  return `${count(number)} ${Number(number) === 1 ? one : many}`;
}
