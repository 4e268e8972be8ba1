/**
 * JSON text -> documents: one object, a list, or several of them one after another (NDJSON, `jq` output).
 *
 * Items of a list are parsed one by one: 200 MB of pods never stand in memory as parsed objects at once.
 * Cost: one pass for the ends of values, and JSON.parse of each object that is asked for.
 */
import type { Segment } from '../kubernetes/decode/field-path.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import { oneLine } from '../plain-text.ts';
import { JsonScanner, OPEN_BRACE, OPEN_BRACKET, type Member, type Span } from './json-scanner.ts';
import {
  isListKind,
  MAX_OBJECTS,
  type Broken,
  type Place,
  type RawDocument,
  type RawList,
  type RawObject,
} from './raw-document.ts';

const LINE_FEED = 0x0a;

/** Stops at the first document that has no end: nothing behind it can be told apart. */
export function* jsonDocuments(bytes: Buffer): Generator<RawDocument> {
  const scanner = new JsonScanner(bytes);
  while (scanner.peek() !== undefined) {
    const { line, offset } = scanner;
    const document = documentAt(bytes, scanner);
    if (document === undefined) {
      yield { kind: 'broken', line, ...columnAt(bytes, offset), reason: 'this JSON value is cut off or has no start' };
      return;
    }
    yield document;
  }
}

/** Where it is no object that holds together, it is gone through once more for its end. */
function documentAt(bytes: Buffer, scanner: JsonScanner): RawDocument | undefined {
  const mark = scanner.mark();
  const outline = outlineAt(scanner);
  if (outline !== undefined) return listOf(bytes, outline) ?? objectAt(bytes, outline.span);
  scanner.back(mark);
  const span = scanner.value();
  return span && objectAt(bytes, span);
}

const LIST_MEMBERS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'items']);

/** An object, and what of it a list has. */
interface Outline {
  readonly span: Span;
  readonly members: ReadonlyMap<string, Member>;
}

function outlineAt(scanner: JsonScanner): Outline | undefined {
  const { offset: start, line } = scanner;
  const members = new Map<string, Member>();
  const scan = scanner.members({ key: 'items', most: MAX_OBJECTS });
  let step = scan.next();
  for (; step.done !== true; step = scan.next()) {
    if (LIST_MEMBERS.has(step.value.key)) members.set(step.value.key, step.value);
  }
  return step.value ? { span: { start, end: scanner.offset, line }, members } : undefined;
}

/** undefined where it is none. */
function listOf(bytes: Buffer, { span, members }: Outline): RawList | undefined {
  const elements = members.get('items')?.elements;
  if (elements === undefined) return undefined;
  const listKind = valueIn(bytes, members.get('kind')?.value);
  if (!isListKind(listKind)) return undefined;
  const apiVersion = valueIn(bytes, members.get('apiVersion')?.value);
  const items = objectsAt(bytes, elements);
  return { kind: 'list', apiVersion, listKind, line: span.line, count: elements.length, items };
}

function* objectsAt(bytes: Buffer, spans: readonly Span[]): Generator<RawObject | Broken> {
  for (const span of spans) yield objectAt(bytes, span);
}

/** Far more than an API server stores. */
const OBJECT_LIMIT = 64 * 1024 * 1024;

function objectAt(bytes: Buffer, span: Span): RawObject | Broken {
  const length = span.end - span.start;
  if (length > OBJECT_LIMIT) {
    return {
      kind: 'broken',
      line: span.line,
      reason: `an object of ${length} bytes is over the limit of ${OBJECT_LIMIT}`,
    };
  }
  const text = bytes.toString('utf8', span.start, span.end);
  const parsed = parseJson(text);
  if (!parsed.ok) return { kind: 'broken', ...faultIn(text, bytes, span), reason: `not JSON: ${whatOf(parsed.error)}` };
  return { kind: 'object', value: parsed.value, line: span.line, lineOf: (path) => lineOf(bytes, span, path) };
}

/** The short value of a member; undefined where there is none. */
function valueIn(bytes: Buffer, span: Span | undefined): unknown {
  if (span === undefined || span.end - span.start > OBJECT_LIMIT) return undefined;
  const parsed = parseJson(bytes.toString('utf8', span.start, span.end));
  return parsed.ok ? parsed.value : undefined;
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const POSITION = / in JSON at position (\d+)/;

/** V8 writes `Expected ... in JSON at position 7 (line 1 column 8)`, or `Unexpected token 'x', ..."y"... is not valid JSON`. */
function whatOf(message: string): string {
  return oneLine(message.split(/ in JSON at position |, (?:\.\.\.)?"/, 1)[0] ?? '', 200);
}

/** Where an object that is broken breaks, counted in the whole text. */
function faultIn(text: string, bytes: Buffer, span: Span): Place {
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
function columnAt(bytes: Buffer, offset: number): { readonly column?: number } {
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

/** Walks down as far as the path goes. */
function lineOf(bytes: Buffer, object: Span, path: readonly Segment[]): number {
  let at = object;
  for (const segment of path) {
    const child = childAt(bytes, at, segment);
    if (child === undefined) break;
    at = child;
  }
  return at.line;
}

function childAt(bytes: Buffer, parent: Span, segment: Segment): Span | undefined {
  const scanner = new JsonScanner(bytes, parent);
  if (typeof segment === 'number') {
    return bytes[parent.start] === OPEN_BRACKET ? [...scanner.elements()][segment] : undefined;
  }
  if (bytes[parent.start] !== OPEN_BRACE) return undefined;
  const written = JSON.stringify(segment).slice(1, -1);
  return [...scanner.members()].findLast((member) => member.key === written)?.value;
}
