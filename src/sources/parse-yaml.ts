/**
 * The text of one YAML document -> its value, the lines of its fields, and the keys that stand twice in a mapping.
 *
 * Read as kubectl reads it: version 1.1, but neither dates nor base 60 (go.yaml.in/yaml/v2 resolve.go).
 */
import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type ParsedNode,
  type Tags,
} from 'yaml';
import { fail, ok } from '../cilium/result.ts';
import type { Segment } from '../kubernetes/decode/field-path.ts';
import { aliasFault } from './yaml-aliases.ts';
import type { ParseYaml } from './yaml-documents.ts';

/** What YAML 1.1 knows and kubectl does not. */
const UNKNOWN_TAGS: ReadonlySet<string> = new Set(
  ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`),
);
const YAML_OPTIONS = {
  version: '1.1',
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === 'string' || (!UNKNOWN_TAGS.has(tag.tag) && tag.format !== 'TIME')),
} as const;

export const parseYaml: ParseYaml = (text) => {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return fail({ line, column: col, reason: `not YAML: ${firstLine(error.message)}` });
  }
  const fault = aliasFault(document);
  if (fault !== undefined) return fail({ line: 1, column: 1, reason: `cannot be read: ${fault}` });
  try {
    const value: unknown = document.toJS({ maxAliasCount: -1 });
    const repeated = repeatedKeys(document.contents).map(({ key, offset }) => ({
      key,
      line: lines.linePos(offset).line,
    }));
    return ok({ value, repeated, lineOf: (path) => lineOf(document, lines, path) });
  } catch (cause) {
    return fail({ line: 1, column: 1, reason: `not YAML: ${firstLine(cause instanceof Error ? cause.message : '')}` });
  }
};

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly Segment[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = isCollection(document.contents) ? document.contents.getIn(path.slice(0, length), true) : undefined;
    const range = (node as ParsedNode | undefined)?.range;
    if (range !== undefined) return lines.linePos(range[0]).line;
  }
  return lines.linePos(document.contents?.range[0] ?? 0).line;
}

interface RepeatedKey {
  readonly key: string;
  /** In characters, of the later one. */
  readonly offset: number;
}

/** No more than a person can take in. */
const MOST_TOLD = 20;

/** kubectl takes the last one without a word; whoever wrote both should hear of it. Cost: one walk of the document. */
function repeatedKeys(contents: unknown): readonly RepeatedKey[] {
  const found: RepeatedKey[] = [];
  const open: unknown[] = [contents];
  while (open.length > 0 && found.length < MOST_TOLD) {
    const node = open.pop();
    if (isPair(node)) open.push(node.value);
    if (!isCollection(node)) continue;
    if (isMap(node)) found.push(...repeatedIn(node.items));
    for (const item of node.items) open.push(item);
  }
  return found.slice(0, MOST_TOLD);
}

function repeatedIn(pairs: readonly { readonly key: unknown }[]): readonly RepeatedKey[] {
  const seen = new Set<string>();
  const repeated: RepeatedKey[] = [];
  for (const { key } of pairs) {
    // A merge may stand more than once, and keys that are no text are none of a manifest.
    if (!isScalar(key) || typeof key.value !== 'string' || key.value === '<<') continue;
    if (seen.has(key.value)) repeated.push({ key: key.value, offset: (key as ParsedNode).range[0] });
    seen.add(key.value);
  }
  return repeated;
}
