/**
 * Text that may go into a message, a warning or an annotation: one line, no control characters, a known length.
 *
 * The API server drops a warning that has a control character; names in a file that no API server has seen may hold any.
 */

/** Characters that turn the direction of text go too: they could make a message read as something else. */
const NOT_PLAIN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** What is cut off ends in `...`; `longest` counts UTF-16 units, of which a character has at least one. */
export function plainText(text: string, longest: number): string {
  const cut = text.length <= longest ? text : `${text.slice(0, longest - 3).toWellFormed()}...`;
  return cut.toWellFormed().replace(NOT_PLAIN, ' ');
}

/** `1 pod`, `12 pods`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** 37 -> 40, 2311 -> 2000: what a tenant may read about identities of others. */
export function roundedToOneDigit(number: number): number {
  if (number < 10) return number;
  const unit = 10 ** Math.floor(Math.log10(number));
  return Math.round(number / unit) * unit;
}
