/**
 * Whether bytes are text in UTF-8, as manifests have to be: with the line, where they are not.
 *
 * Bytes that are no UTF-8 would be read as replacement characters, and an object would get a name that nobody wrote.
 */
import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;

/** One sentence, or undefined for text. */
export function textFault(bytes: Buffer): string | undefined {
  const mark = bytes.subarray(0, 2).toString('latin1');
  if (mark === '\u00ff\u00fe' || mark === '\u00fe\u00ff') return 'is text in UTF-16: save it in UTF-8';
  const nul = bytes.indexOf(0);
  if (nul !== -1) return `is no text in UTF-8: line ${lineAt(bytes, nul)} holds a NUL byte`;
  if (isUtf8(bytes)) return undefined;
  return `is no text in UTF-8: line ${firstBrokenLine(bytes)} holds bytes that are none`;
}

function lineAt(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1 && at < offset; at = bytes.indexOf(LINE_FEED, at + 1)) line += 1;
  return line;
}

/** A line feed is never part of a longer character, so that lines can be looked at one by one. */
function firstBrokenLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  return line;
}
