/**
 * YAML text -> the texts of its documents, and of the items of a long list, without parsing them.
 *
 * A line that starts with `---` or `...` and white space ends a document wherever it stands (YAML 1.2, section 9.1.2).
 * A list is taken apart only if it is written as kubectl and cilium-cli write theirs: a line `items:` at the margin, and
 * each item starting with a dash at one indent. Inside an item everything is indented deeper, so that such a line starts
 * an item and nothing else. Parsed one by one, a long list costs one item of memory instead of all.
 * Cost: a few passes over the text.
 */

import { MAX_OBJECTS } from './raw-document.ts';

/** Some lines of a file. */
export interface TextPart {
  readonly text: string;
  /** Of its first line; counts from 1. */
  readonly line: number;
}

export interface ListText {
  /** Everything but the items: apiVersion and kind among it. */
  readonly frame: TextPart;
  /** Each a YAML sequence of one element; none beyond the one after MAX_OBJECTS. */
  readonly items: readonly TextPart[];
}

/** The documents of a file, but for those that hold only comments and directives. */
export function* yamlDocumentTexts(text: string): Generator<TextPart> {
  const marker = /(?<![^\n])(?:---|\.\.\.)(?=[ \t\r\n]|$)/g;
  let start = 0;
  let line = 1;
  for (let match = marker.exec(text); ; match = marker.exec(text)) {
    const end = match?.index ?? text.length;
    const part = { text: text.slice(start, end), line };
    if (hasContent(part.text)) yield part;
    if (match === null) return;
    line += countLines(text, start, end);
    // What follows `---` on its line belongs to the new document; `...` stands alone.
    start = end + 3;
  }
}

const EMPTY_LINE = /^[ \t]*(?:#.*)?\r?$/;

function hasContent(text: string): boolean {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    if (!EMPTY_LINE.test(line) && !line.startsWith('%')) return true;
    start = end + 1;
  }
  return false;
}

/** The parts of a list; undefined where the document is not one that can be taken apart by its lines. */
export function splitList(document: TextPart): ListText | undefined {
  const { text } = document;
  const head = /(?<![^\n])items:[ \t]*\r?\n/.exec(text);
  if (head === null) return undefined;
  const itemsStart = head.index + head[0].length;
  const dash = firstDash(text, itemsStart);
  if (dash === undefined) return undefined;
  const itemsEnd = nextKeyAtMargin(text, dash.at);
  const items: TextPart[] = [];
  let line = document.line + countLines(text, 0, dash.at);
  for (let start = dash.at; start < itemsEnd && items.length <= MAX_OBJECTS;) {
    const end = Math.min(nextItem(text, start, dash.written), itemsEnd);
    items.push({ text: text.slice(start, end), line });
    line += countLines(text, start, end);
    start = end;
  }
  return { frame: { text: text.slice(0, itemsStart) + text.slice(itemsEnd), line: document.line }, items };
}

/** The dash of the first item, with its indent. */
function firstDash(text: string, from: number): { readonly written: string; readonly at: number } | undefined {
  const item = /(?:[ \t]*(?:#.*)?\r?\n)*( *-)(?=[ \t\r\n])/y;
  item.lastIndex = from;
  const written = item.exec(text)?.[1];
  return written === undefined ? undefined : { written, at: item.lastIndex - written.length };
}

/** Where the next line starts with this dash; the end of the text if none does. */
function nextItem(text: string, from: number, dash: string): number {
  const line = `\n${dash}`;
  for (let at = text.indexOf(line, from); at !== -1; at = text.indexOf(line, at + 1)) {
    if (' \t\r\n'.includes(text.charAt(at + line.length))) return at + 1;
  }
  return text.length;
}

/** The first line that starts at the margin and is neither an item nor a comment. */
function nextKeyAtMargin(text: string, from: number): number {
  const key = /\n(?=[^\s#-]|-[^\s])/g;
  key.lastIndex = from;
  const match = key.exec(text);
  return match === null ? text.length : match.index + 1;
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
