/**
 * Text from outside, made fit to be shown: in an answer, on a terminal, in JSON.
 *
 * What cannot be seen shows as U+FFFD: control characters, halves of surrogate pairs, separators of lines, and everything that
 * has no glyph of its own, such as what turns the direction of text or takes no room. So no name moves a cursor, hides text
 * or makes a message read as something else, and the API server drops no warning.
 * Cost: O(limit), however long the text is.
 */

/** Controls, formats, surrogates, private and unassigned characters, separators of lines, and what is ignored when drawn. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const INVISIBLE_BUT_NEWLINE = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** At most `limit` characters (code points) in one line, white space kept; what is cut off ends in `...`. */
export function visible(text: string, limit: number): string {
  return cut(text, limit).replace(INVISIBLE, '\ufffd');
}

/** The same without white space around it. */
export function oneLine(text: string, limit: number): string {
  return visible(text.trim(), limit);
}

/** The same, with its line breaks kept. */
export function plainLines(text: string, limit: number): string {
  return cut(text.trim(), limit).replace(INVISIBLE_BUT_NEWLINE, '\ufffd');
}

/** A JSON text that means the same; what cannot be seen of its strings is escaped. */
export function escapeInvisible(json: string): string {
  return json.replace(INVISIBLE_BUT_NEWLINE, (character) => character.split('').map(escapeUnit).join(''));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A code point takes one or two units: so many units as the limit hold no more of them, and twice as many hold enough. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  const characters = Array.from(text.slice(0, 2 * limit).toWellFormed());
  if (characters.length <= limit && text.length <= 2 * limit) return characters.join('');
  return `${characters.slice(0, limit - 3).join('')}...`;
}

/** A moment, to the second, of milliseconds since 1970: `2027-01-31T12:00:00Z`. */
export function utcText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
