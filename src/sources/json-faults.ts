/**
 * What V8 says of a text that is no JSON -> what is wrong, and where in the file.
 */
import { fail, ok, type Result } from '../cilium/result.ts';
import { LINE_FEED } from '../kubernetes/json/sound-json.ts';
import { oneLine } from '../plain-text.ts';
import type { Span } from './json-scanner.ts';
import type { Place } from './raw-document.ts';

/** The value, or V8's message. */
export function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const POSITION = / in JSON at position (\d+)/;

/** V8 writes `Expected ... in JSON at position 7 (line 1 column 8)`, or `Unexpected token 'x', ..."y"... is not valid JSON`. */
export function whatOf(message: string): string {
  return oneLine(message.split(/ in JSON at position |, (?:\.\.\.)?"/, 1)[0] ?? '', 200);
}

/** Where an object that is broken breaks, counted in the whole text. */
export function faultIn(text: string, bytes: Buffer, span: Span): Place {
  const before = text.slice(0, soundLength(text)).split('\n');
  const onLine = before.at(-1)?.length ?? 0;
  const line = span.line + before.length - 1;
  if (before.length > 1) return { line, column: onLine + 1 };
  const { column } = columnAt(bytes, span.start);
  return column === undefined ? { line } : { line, column: column + onLine };
}

/**
 * How much of a broken text could still become JSON. V8 does not always say so; it does say whether a text breaks off at its
 * end or before. Cost: O(length x log length), for an error only.
 */
function soundLength(text: string): number {
  let [sound, broken] = [0, text.length];
  while (broken - sound > 1) {
    const middle = (sound + broken) >>> 1;
    if (breaksOff(text.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

function breaksOff(text: string): boolean {
  const parsed = parseJson(text);
  if (parsed.ok || parsed.error.startsWith('Unexpected end')) return true;
  return Number(POSITION.exec(parsed.error)?.[1]) === text.length;
}

/** Nobody counts to a later column, and a line of many objects would be counted for each that is broken. */
const LAST_COLUMN = 64 * 1024;

/** Counts the characters since the last line feed, from 1. */
export function columnAt(bytes: Buffer, offset: number): { readonly column?: number } {
  const near = bytes.subarray(Math.max(0, offset - LAST_COLUMN), offset);
  const start = near.lastIndexOf(LINE_FEED) + 1;
  if (start === 0 && offset > LAST_COLUMN) return {};
  let column = 1;
  for (const byte of near.subarray(start)) if (!isContinued(byte)) column += 1;
  return { column };
}

/** A byte of a character in UTF-8 other than its first. */
function isContinued(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
