/**
 * One rule of the label filter: what it matches, how long, and where it was written.
 *
 * Mirrors LabelPrefix and parseLabelPrefix (pkg/labelsfilter/filter.go): [ source ":" ] [ "!" ] regexp.
 */
import { byteLength } from '../go-text.ts';
import { compileGoRegexp } from '../re2.ts';
import { fail, ok, type Result } from '../result.ts';

/** Positions count from 0. */
export type RuleOrigin =
  | { readonly kind: 'built-in'; readonly entry: string }
  | { readonly kind: 'labels'; readonly entry: string; readonly position: number }
  | { readonly kind: 'file'; readonly prefix: string; readonly position: number };

export interface FilterRule {
  /** Empty matches every source. `any` and `container` are compared literally, as every other word. */
  readonly source: string;
  readonly effect: 'include' | 'exclude';
  readonly origin: RuleOrigin;
  /** Bytes of the key that the rule matches from its start on, or undefined. */
  readonly matchLength: (key: string) => number | undefined;
}

/** Why the agent refuses to start. */
export interface LabelFilterError {
  /** The entry of `labels`; absent where the file is at fault. */
  readonly entry?: string;
  readonly reason: string;
}

/** An entry of `labels`, taken apart. */
export interface WrittenEntry {
  readonly source: string;
  readonly effect: FilterRule['effect'];
  readonly expression: string;
}

/** The first colon ends the source, so `(?:a|b)` has the source `(?`; undefined where nothing stands after it. */
export function splitFilterEntry(entry: string): WrittenEntry | undefined {
  const colon = entry.indexOf(':');
  const source = entry.slice(0, Math.max(colon, 0));
  const written = entry.slice(colon + 1);
  if (written === '') return undefined;
  const excludes = written.startsWith('!');
  return { source, effect: excludes ? 'exclude' : 'include', expression: excludes ? written.slice(1) : written };
}

/** The entry that reads as this; a colon in an expression needs one before it. */
export function writeFilterEntry({ source, effect, expression }: WrittenEntry): string {
  const colon = source !== '' || expression.includes(':') ? ':' : '';
  return `${source}${colon}${effect === 'exclude' ? '!' : ''}${expression}`;
}

/** An expression that matches the key and what starts with it. */
export function expressionFor(key: string): string {
  return key.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}

/** The entry that leaves out this key, and no other, unless another entry is in its way. */
export function excludingEntry(key: string): string {
  return writeFilterEntry({ source: '', effect: 'exclude', expression: `${expressionFor(key)}$` });
}

/** Reads one entry. */
export function parseFilterEntry(entry: string, origin: RuleOrigin): Result<FilterRule, LabelFilterError> {
  const written = splitFilterEntry(entry);
  if (written === undefined) return fail({ entry, reason: 'nothing stands after the source' });
  const { source, effect } = written;
  const compiled = compileGoRegexp(written.expression);
  if (!compiled.ok) return fail({ entry, reason: compiled.error });
  const { value: expression } = compiled;
  return ok({ source, effect, origin, matchLength: (key) => expression.matchAtStart(key) });
}

/** A rule of the label-prefix-file: a literal prefix, not an expression. */
export function prefixRule(
  rule: Pick<FilterRule, 'source' | 'effect'> & { readonly prefix: string },
  position: number,
): FilterRule {
  const { source, effect, prefix } = rule;
  const length = byteLength(prefix);
  return {
    source,
    effect,
    origin: { kind: 'file', prefix, position },
    matchLength: (key) => (key.startsWith(prefix) ? length : undefined),
  };
}

/** As it was written, for messages. */
export function formatRuleOrigin(origin: RuleOrigin): string {
  switch (origin.kind) {
    case 'built-in':
      return `built-in "${origin.entry}"`;
    case 'labels':
      return `labels entry "${origin.entry}"`;
    case 'file':
      return `label-prefix-file entry "${origin.prefix}"`;
  }
}
