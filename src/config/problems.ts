/**
 * What is wrong with a configuration, said so that the author can repair it: the path, what is expected, what is there.
 *
 * Sentences are made from the schema itself, so that an expectation is written down once. Text of the author is quoted,
 * escaped and cut. Cost: O(errors x known keys).
 */
import { parsePointer } from '../cilium/json-pointer.ts';
import { escapeInvisible } from '../plain-text.ts';

/** What a JSON Schema validator reports about one value; the fields of ajv that are read here. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer to the value. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema that refused it. */
  readonly parentSchema?: unknown;
}

/** Where the problem is and what it is; `place` tells a value from the key before it. */
export interface SchemaProblem {
  readonly segments: readonly string[];
  readonly place: 'key' | 'value';
  readonly describe: (found: string) => string;
}

interface SchemaFacts {
  readonly title?: string;
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
}

const LONGEST_QUOTE = 64;

export function problemOf(error: SchemaError): SchemaProblem {
  const schema = (error.parentSchema ?? {}) as SchemaFacts;
  const segments = parsePointer(error.instancePath) ?? [];
  const path = formatPath(segments);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      const unknown = [...segments, key];
      return { segments: unknown, place: 'key', describe: () => unknownKey(unknown, knownKeys(schema)) };
    }
    case 'required': {
      const missing = formatPath([...segments, String(error.params['missingProperty'])]);
      return { segments, place: 'value', describe: () => `${missing} is missing` };
    }
    default:
      return {
        segments,
        place: 'value',
        describe: (found) => `${path} must be ${expectation(schema)} (is ${found})`,
      };
  }
}

/** `checks.identity-churn.mode`, `systemNamespaces[0]`; a key that is not a plain word is quoted. */
export function formatPath(segments: readonly string[]): string {
  if (segments.length === 0) return 'the configuration';
  let path = '';
  for (const segment of segments) {
    if (/^\d+$/.test(segment)) path += `[${segment}]`;
    else if (/^[\w-]{1,64}$/.test(segment)) path += path === '' ? segment : `.${segment}`;
    else path += `[${quote(segment)}]`;
  }
  return path;
}

/** The author's own text: in quotes, escaped and short. */
export function quote(text: string): string {
  return escapeInvisible(JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text));
}

/** What a schema accepts: `one of off, audit`, `a whole number from 1`. */
export function expectation(schema: SchemaFacts): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return schema.const;
  switch (schema.type) {
    case 'integer':
      return `a whole number${bounds(schema)}`;
    case 'number':
      return `a number${bounds(schema)}`;
    case 'array':
      return listOf(schema);
    case 'object':
      return 'a mapping';
    default:
      return 'text';
  }
}

function listOf({ minItems, maxItems }: SchemaFacts): string {
  if (maxItems === undefined) return 'a list';
  return minItems === undefined ? `a list of at most ${maxItems} items` : `a list of ${minItems} to ${maxItems} items`;
}

function bounds(schema: SchemaFacts): string {
  if (schema.minimum === undefined) return '';
  return schema.maximum === undefined ? ` from ${schema.minimum}` : ` from ${schema.minimum} to ${schema.maximum}`;
}

function knownKeys(schema: SchemaFacts): readonly string[] {
  return Object.keys(schema.properties ?? {});
}

function unknownKey(segments: readonly string[], known: readonly string[]): string {
  const near = nearest(segments.at(-1) ?? '', known);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
  return `${formatPath(segments)} is not a known setting; ${hint}`;
}

/** The known word that differs in at most two letters (one, for short words), if there is one. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST_QUOTE) return undefined;
  const allowed = word.length < 4 ? 1 : 2;
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance({ from: word.toLowerCase(), to: candidate.toLowerCase() });
    if (distance <= allowed && distance < (best?.distance ?? Infinity)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Levenshtein distance, one row at a time. */
function editDistance({ from, to }: { readonly from: string; readonly to: string }): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
