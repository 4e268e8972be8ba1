/**
 * YAML text -> documents, item by item where a list is long.
 *
 * The parser comes in as a parameter. It takes about a hundred bytes of memory for each byte of text, so what is given to
 * it at once is bounded, and a list of a kind that nobody reads is not given to it at all.
 */
import type { Segment } from '../kubernetes/decode/field-path.ts';
import { isObject } from '../kubernetes/decode/node.ts';
import type { Result } from '../cilium/result.ts';
import {
  isListKind,
  type Broken,
  type RawDocument,
  type RawList,
  type RawObject,
  type RepeatedLine,
} from './raw-document.ts';
import { splitList, yamlDocumentTexts, type ListText, type TextPart } from './yaml-text.ts';

export interface ParsedYaml {
  readonly value: unknown;
  readonly repeated: readonly RepeatedLine[];
  /** The line of a node, or of the nearest one above it; counts from the first line of the text. */
  readonly lineOf: (path: readonly Segment[]) => number;
}

export interface YamlError {
  /** Counts from the first line of the text. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export type ParseYaml = (text: string) => Result<ParsedYaml, YamlError>;

export interface YamlLimits {
  /** Longer documents are not read, in characters. */
  readonly document: number;
}

/** Longer lists are taken apart by their lines. Shorter ones are parsed whole, because their items may share anchors. */
const LONG_LIST = 1024 * 1024;
/** What the parser is given at once, in characters. */
const LONG_TEXT = 8 * 1024 * 1024;

export function* yamlDocuments(text: string, parse: ParseYaml, limits: YamlLimits): Generator<RawDocument> {
  for (const part of yamlDocumentTexts(text)) {
    const list = part.text.length > LONG_LIST ? splitList(part) : undefined;
    yield list === undefined ? documentAt(part, parse) : longListAt(part, list, parse, limits);
  }
}

function documentAt(part: TextPart, parse: ParseYaml): RawDocument {
  const document = objectAt(part, parse, []);
  return document.kind === 'object' ? (listIn(document) ?? document) : document;
}

/** A list that was parsed whole. */
function listIn(document: RawObject): RawList | undefined {
  const { value, line } = document;
  if (!isObject(value) || !isListKind(value['kind']) || !Array.isArray(value['items'])) return undefined;
  const { apiVersion, kind, items } = value;
  const { repeated = [] } = document;
  return {
    kind: 'list',
    apiVersion,
    listKind: kind,
    line,
    count: items.length,
    repeated,
    items: itemsIn(document, items),
  };
}

function* itemsIn(document: RawObject, items: readonly unknown[]): Generator<RawObject> {
  for (const [index, value] of items.entries()) {
    const place = ['items', index];
    const lineOf = (path: readonly Segment[]): number => document.lineOf([...place, ...path]);
    yield { kind: 'object', value, line: document.lineOf(place), lineOf };
  }
}

/** A list that is too long to be parsed whole. Its size matters only if its items are asked for. */
function longListAt(part: TextPart, list: ListText, parse: ParseYaml, limits: YamlLimits): RawDocument {
  const frame = objectAt(list.frame, parse, []);
  if (frame.kind === 'broken') return frame;
  const { apiVersion, kind } = isObject(frame.value) ? frame.value : {};
  if (!isListKind(kind)) return documentAt(part, parse);
  const items = part.text.length > limits.document ? [tooLong(part, limits.document)] : longItems(list, parse);
  return { kind: 'list', apiVersion, listKind: kind, line: frame.line, count: list.items.length, items };
}

function* longItems(list: ListText, parse: ParseYaml): Generator<RawObject | Broken> {
  for (const item of list.items) yield objectAt(item, parse, [0]);
}

/** The value at a path of a text: an item of a long list is the only element of a sequence. */
function objectAt(part: TextPart, parse: ParseYaml, base: readonly [] | readonly [0]): RawObject | Broken {
  if (part.text.length > LONG_TEXT) return tooLong(part, LONG_TEXT);
  const parsed = parse(part.text);
  const linesAbove = part.line - 1;
  if (!parsed.ok) return { kind: 'broken', ...parsed.error, line: linesAbove + parsed.error.line };
  const { value, repeated, lineOf } = parsed.value;
  return {
    kind: 'object',
    value: base.length === 0 || !Array.isArray(value) ? value : value[0],
    line: linesAbove + lineOf(base),
    repeated: repeated.map(({ key, line }) => ({ key, line: linesAbove + line })),
    lineOf: (path) => linesAbove + lineOf([...base, ...path]),
  };
}

function tooLong(part: TextPart, limit: number): Broken {
  const megabytes = (size: number): string => `${Math.ceil(size / 1024 / 1024)} MiB`;
  const reason = `a YAML document of ${megabytes(part.text.length)} is over the limit of ${megabytes(limit)}: save it as JSON`;
  return { kind: 'broken', line: part.line, reason };
}
