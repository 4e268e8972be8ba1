/**
 * What names of namespaces have in common that a machine makes: `pr-123` and `pr-124` are both `pr-*`.
 *
 * Digits and hex runs are cut out. A word that is all hex and could be one of a language (`face`) stays, unless it is as long
 * as a short commit.
 */

const HEX = /^[0-9a-f]+$/;
const COMMIT_LENGTH = 7;

export function namespacePattern(name: string): string {
  return name
    .split('-')
    .map((part) => (isHexRun(part) ? '*' : part.replaceAll(/[0-9]+/g, '*')))
    .join('-');
}

/** Whether a machine made the name, as far as it tells. */
export function isPattern(pattern: string): boolean {
  return pattern.includes('*');
}

function isHexRun(part: string): boolean {
  return HEX.test(part) && (part.length >= COMMIT_LENGTH || /[0-9]/.test(part));
}
