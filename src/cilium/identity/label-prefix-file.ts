/**
 * The label-prefix-file: JSON that replaces the built-in rules of the label filter.
 *
 * Mirrors readLabelPrefixCfgFrom (pkg/labelsfilter/filter.go) with the manners of Go's json.Decoder: only the first value of
 * the text is read, names of members match in any case, null leaves a member as it is.
 * A null entry makes the agent panic, which is a refusal to start like every other error.
 * Cost: linear in the text.
 */
import { fail, ok, type Result } from '../result.ts';
import { prefixRule, type FilterRule, type LabelFilterError } from './filter-rule.ts';

const VERSION = 1;

/** The rules in order of the file. */
export function parseLabelPrefixFile(content: string): Result<readonly FilterRule[], LabelFilterError> {
  const file = firstObject(content);
  if (file === undefined) return refuse('does not start with a JSON object');
  const version = member(file, 'version') ?? 0;
  if (version !== VERSION) return refuse(`has version ${printed(version)}, supported is ${VERSION}`);
  const entries = member(file, 'valid-prefixes') ?? [];
  if (!Array.isArray(entries)) return refuse('has valid-prefixes that are no list');
  const rules: FilterRule[] = [];
  for (const [position, entry] of entries.entries()) {
    const rule = parseEntry(entry, position);
    if (!rule.ok) return rule;
    rules.push(rule.value);
  }
  return ok(rules);
}

function parseEntry(entry: unknown, position: number): Result<FilterRule, LabelFilterError> {
  const where = `valid-prefixes[${position}]`;
  if (!isObject(entry)) return refuse(`has a ${where} that is no object`);
  const prefix = member(entry, 'prefix') ?? '';
  const source = member(entry, 'source') ?? '';
  const invert = member(entry, 'invert') ?? false;
  if (typeof prefix !== 'string' || prefix === '') return refuse(`has no prefix in ${where}`);
  if (typeof source !== 'string' || source === '') return refuse(`has no source in ${where}`);
  if (typeof invert !== 'boolean') return refuse(`has an invert in ${where} that is neither true nor false`);
  return ok(prefixRule({ prefix, source, effect: invert ? 'exclude' : 'include' }, position));
}

function refuse(reason: string): { readonly ok: false; readonly error: LabelFilterError } {
  return fail({ reason: `the label-prefix-file ${reason}` });
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of members whose names differ in case only, the last one that is not null counts. */
function member(object: JsonObject, name: string): unknown {
  let found: unknown;
  for (const [key, value] of Object.entries(object)) {
    if (key.toLowerCase() === name) found = value ?? found;
  }
  return found;
}

function printed(version: unknown): string {
  return typeof version === 'number' || typeof version === 'string' ? `"${version}"` : 'of another type';
}

/** What is written after it is never looked at. */
function firstObject(content: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(content.slice(0, endOfObject(content)));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where the first object or list closes; the end of the text if none does. */
function endOfObject(content: string): number {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < content.length; index += 1) {
    const character = content[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return content.length;
}
