// The names of the API's fields, as people read them.

const ACRONYMS = ['api', 'ca', 'id', 'ssh', 'tls', 'url'];

/** Such as "API version" of `apiVersion`. */
export function label(field: string): string {
  const words = field
    .replace(/[A-Z]+(?![a-z])|[A-Z]/g, (capitals) => ` ${capitals}`)
    .toLowerCase()
    .trim()
    .split(' ')
    .map((word) => (ACRONYMS.includes(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
