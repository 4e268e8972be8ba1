/**
 * Where strings and brackets of a text end that may be no JSON: so that what is broken within one value does not hide the next.
 *
 * Strings, brackets and the rest are told apart, and no more. Cost: one look at each byte, with local variables alone.
 */
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../kubernetes/json/sound-json.ts';

/** Behind the closing quote of the string that starts here. */
export function endOfString(bytes: Buffer, start: number, end: number): number | undefined {
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return undefined;
}

/** Behind the bracket that closes the one here, and how many lines end before it. */
export function endOfNested(bytes: Buffer, start: number, end: number): { end: number; lines: number } | undefined {
  let [at, depth, lines] = [start, 0, 0];
  while (at < end) {
    const byte = bytes[at++];
    if (byte === QUOTE) at = endOfString(bytes, at - 1, end) ?? end;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === LINE_FEED) lines += 1;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return { end: at, lines };
  }
  return undefined;
}

export function isOpening(byte: number | undefined): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET;
}

/** No number and no word holds one of them: what stands there is of the place around it, or another value. */
export function isDelimiter(byte: number | undefined): boolean {
  return byte === undefined || byte <= 0x20 || byte === COMMA || byte === QUOTE || isOpening(byte) || isClosing(byte);
}

function isClosing(byte: number): boolean {
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}
