/**
 * How Go reads values from text: what the agent's flags go through before any code of Cilium sees them.
 *
 * Mirrors strings.Fields, bytes.TrimSpace, strconv.ParseBool, strconv.ParseInt with base 0 and time.ParseDuration.
 * Cost: linear in the text.
 */

/** unicode.IsSpace. Not the same as \s, which has U+FEFF and lacks U+0085. */
export function isSpace(unit: number): boolean {
  return (
    (unit >= 0x09 && unit <= 0x0d) ||
    unit === 0x20 ||
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/** The words between runs of white space; none of them is empty. */
export function fields(text: string): readonly string[] {
  const words: string[] = [];
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    if (index < text.length && !isSpace(text.charCodeAt(index))) continue;
    if (index > start) words.push(text.slice(start, index));
    start = index + 1;
  }
  return words;
}

/** len(): bytes in UTF-8 of the first `end` UTF-16 units. */
export function byteLength(text: string, end = text.length): number {
  let bytes = 0;
  for (let index = 0; index < end; index += 1) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair stands for two of the four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

/** What is beyond an end of the text is no space. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (isSpace(text.charCodeAt(start))) start += 1;
  while (isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return undefined;
}

/** Decimal, 0x, 0o, 0b, and octal with a leading zero. Empty text is 0, as the agent's flags take it. */
export function parseInteger(text: string): number | undefined {
  if (text === '') return 0;
  const match = /^([+-]?)(0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined) return undefined;
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return match?.[1] === '-' ? 0 - value : value;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['\u00b5s', 1e-3],
  ['\u03bcs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A duration is 63 bits of nanoseconds. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

/** `1h15m`, `1.5h`, `-30s`, `0`. A number without a unit is refused. */
export function parseDurationMs(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  if (unsigned === '0') return 0;
  let total = 0;
  let rest = unsigned;
  do {
    const [part = '', number, name = ''] = /^(\d+\.?\d*|\.\d+)([^.\d]+)/.exec(rest) ?? [];
    const unit = UNIT_MS.get(name);
    if (unit === undefined) return undefined;
    total += Number(number) * unit;
    rest = rest.slice(part.length);
  } while (rest !== '');
  return total < MAX_DURATION_MS ? sign * total : undefined;
}
