/**
 * Names as a sentence lists them: each in quotes, no more than fit.
 */
const SHOWN = 5;

/** `total` where `names` are only the first of them: `"a"`, `"a" and "b"`, `"a", "b", "c", "d", "e" and 3 more`. */
export function quotedList(names: readonly string[], total = names.length): string {
  const quoted = names.slice(0, SHOWN).map((name) => `"${name}"`);
  const rest = total - quoted.length;
  if (rest > 0) return `${quoted.join(', ')} and ${rest} more`;
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
}
