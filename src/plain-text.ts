/**
 * Text from outside, made fit for answers: no control characters, no halves of surrogate pairs, no more than so many
 * characters. The API server drops a warning that holds any of these.
 *
 * Characters that turn the direction of text go too: they could make a message read as something else.
 * Cost: O(limit), however long the text is.
 */
const CONTROL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const CONTROL_BUT_NEWLINE = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** One line of at most `limit` characters (code points); what is cut off ends in `...`. */
export function oneLine(text: string, limit: number): string {
  return cut(text, limit).replace(CONTROL, ' ').trim();
}

/** The same, with its line breaks kept. */
export function plainLines(text: string, limit: number): string {
  return cut(text, limit).replace(CONTROL_BUT_NEWLINE, ' ').trim();
}

/** A code point takes at most two units, so that twice the limit of units holds enough of them. */
function cut(text: string, limit: number): string {
  const characters = Array.from(text.slice(0, 2 * limit).toWellFormed());
  if (characters.length <= limit && text.length <= 2 * limit) return characters.join('');
  return `${characters.slice(0, limit - 3).join('')}...`;
}
