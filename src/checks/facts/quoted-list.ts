/**
 * Names as a sentence lists them: each in quotes, no more than fit.
 */
const SHOWN = 5;

/** `"a"`, `"a" and "b"`, `"a", "b", "c", "d", "e" and 3 more`. */
export function quotedList(names: readonly string[]): string {
  const quoted = names.slice(0, SHOWN).map((name) => `"${name}"`);
  const rest = names.length - quoted.length;
  if (rest > 0) return `${quoted.join(', ')} and ${rest} more`;
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
}
