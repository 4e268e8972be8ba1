/**
 * The configuration: one YAML file, validated as a whole, with a position for every problem.
 *
 * schemas/config.schema.json is the only description of the file; what it does not know is refused, never
 * ignored. Cost: linear in the file, which has at most 256 Ki characters; no alias can make it more.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type YAMLError,
} from 'yaml';
import configSchema from '../schemas/config.schema.json' with { type: 'json' };
import { fail, type Result } from './cilium/result.ts';
import { formatPath, problemOf, quote, type SchemaProblem } from './config/problems.ts';
import type { ConfigFile, SettingError } from './config/config-file.ts';
import { toConfig, type Config } from './config/settings.ts';
import { oneLine } from './plain-text.ts';

export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** One sentence that names the setting. */
  readonly message: string;
}

/** A problem by character offset, before lines are counted. */
interface Located {
  readonly offset: number;
  readonly message: string;
}

const LARGEST_FILE = 256 * 1024;
/** Locating a problem searches its mapping, so not every problem of a hopeless file is looked for. */
const MOST_LOCATED = 200;
const MOST_SHOWN = 20;
const LONGEST_ERROR = 512;

/**
 * Reads a configuration file. All problems come back together, in the order of the file. `running`: what this process was started
 * with; what holds for its model can't be changed.
 */
export function loadConfig(text: string, fileName: string, running?: Config): Result<Config, readonly ConfigProblem[]> {
  if (text.length > LARGEST_FILE) {
    const message = `the configuration has ${text.length} characters, limit ${LARGEST_FILE}`;
    return fail([{ file: fileName, line: 1, column: 1, message }]);
  }
  const lines = new LineCounter();
  const read = readDocument(text, lines, running);
  if (read.ok) return read;
  return fail(
    inFileOrder(read.error).map(({ offset, message }) => {
      const { line, col } = lines.linePos(offset);
      return { file: fileName, line: Math.max(1, line), column: Math.max(1, col), message };
    }),
  );
}

/** `config.yaml:7:14 checks.identity-churn.mode must be one of off, audit, warn, enforce (is "enfroce")` */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}`;
}

function readDocument(
  text: string,
  lines: LineCounter,
  running: Config | undefined,
): Result<Config, readonly Located[]> {
  // uniqueKeys would compare every key with every other one; `refusedNodes` does it in one walk.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
  });
  const broken = [...document.errors, ...document.warnings].map(syntaxProblem);
  if (broken.length > 0) return fail(broken);
  const refused = refusedNodes(document);
  if (refused.length > 0) return fail(refused);

  const value: unknown = document.toJS();
  const validate = validator();
  if (!validate(value)) {
    const errors = (validate.errors ?? []).slice(0, MOST_LOCATED);
    return fail(errors.map((error) => locate(document, problemOf(error))));
  }
  const config = toConfig(value, running);
  if (config.ok) return config;
  return fail(config.error.map((error) => locate(document, problemOfSetting(error))));
}

function problemOfSetting({ segments, reason }: SettingError): SchemaProblem {
  return { segments, place: 'value', describe: () => `${formatPath(segments)}: ${reason}` };
}

let compiled: ValidateFunction<ConfigFile> | undefined;

/** Compiling takes longer than reading a file. */
function validator(): ValidateFunction<ConfigFile> {
  compiled ??= new Ajv({ allErrors: true, verbose: true }).compile<ConfigFile>(configSchema);
  return compiled;
}

function syntaxProblem(error: YAMLError): Located {
  const offset = error.pos[0];
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { offset, message: 'a tab cannot indent YAML; use spaces' };
    case 'MULTIPLE_DOCS':
      return { offset, message: 'the configuration must be one YAML document' };
    case 'NON_STRING_KEY':
      return { offset, message: 'a key must be a word' };
    default:
      return { offset, message: `not YAML: ${oneLine(error.message, LONGEST_ERROR)}` };
  }
}

/** YAML that parses, but is not what it seems to be: repeated keys, aliases, explicit types. */
function refusedNodes(document: Document): Located[] {
  const found: Located[] = [];
  const pending: unknown[] = [document.contents];
  while (pending.length > 0) {
    const node = pending.pop();
    if (isPair(node)) pending.push(node.key, node.value);
    if (!isNode(node)) continue;
    const refusal = refusalOf(node);
    if (refusal !== undefined) found.push({ offset: offsetOf(node) ?? 0, message: refusal });
    if (isMap(node)) found.push(...repeatedKeys(node.items));
    if (isCollection(node)) pending.push(...node.items);
  }
  return found;
}

function refusalOf(node: unknown): string | undefined {
  if (isAlias(node)) return `aliases are not supported; write out what ${quote(`*${node.source}`)} stands for`;
  // A set or a date would pass for a mapping or a text.
  if (isNode(node) && node.tag !== undefined) return `explicit types are not supported; leave out ${quote(node.tag)}`;
  return undefined;
}

function repeatedKeys(pairs: readonly { readonly key: unknown }[]): Located[] {
  const seen = new Set<string>();
  const repeated: Located[] = [];
  for (const { key } of pairs) {
    const name = keyText(key);
    if (seen.has(name)) repeated.push({ offset: offsetOf(key) ?? 0, message: `${formatPath([name])} is there twice` });
    seen.add(name);
  }
  return repeated;
}

/** Follows the path as far as the file has it. */
function locate(document: Document, { segments, place, describe }: SchemaProblem): Located {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [index, segment] of segments.entries()) {
    const pair = isMap(node) ? node.items.find((item) => keyText(item.key) === segment) : undefined;
    node = isSeq(node) ? node.items[Number(segment)] : pair?.value;
    const wantsKey = place === 'key' && index === segments.length - 1;
    offset = (wantsKey ? undefined : offsetOf(node)) ?? offsetOf(pair?.key) ?? offset;
  }
  return { offset, message: describe(foundText(node)) };
}

function foundText(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return `a list of ${node.items.length}`;
  if (!isScalar(node) || node.value === null) return 'empty';
  // Other scalars as written: 1.20 is the number 1.2, and the author never wrote that.
  return typeof node.value === 'string' ? quote(node.value) : (node.source ?? typeof node.value);
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Sorted, each once, and not more than a reader can take in. */
function inFileOrder(problems: readonly Located[]): readonly Located[] {
  const each = new Map(problems.map((problem) => [`${problem.offset} ${problem.message}`, problem]));
  const sorted = [...each.values()].sort((a, b) => a.offset - b.offset);
  const next = sorted[MOST_SHOWN];
  if (next === undefined) return sorted;
  return [...sorted.slice(0, MOST_SHOWN), { offset: next.offset, message: 'and more problems from here on' }];
}
