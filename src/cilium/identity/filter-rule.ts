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

/** Reads one entry. The first colon ends the source, so `(?:a|b)` has the source `(?`. */
export function parseFilterEntry(entry: string, origin: RuleOrigin): Result<FilterRule, LabelFilterError> {
  const colon = entry.indexOf(':');
  const source = colon < 0 ? '' : entry.slice(0, colon);
  const written = entry.slice(colon + 1);
  if (written === '') return fail({ entry, reason: 'nothing stands after the source' });
  const excludes = written.startsWith('!');
  const compiled = compileGoRegexp(excludes ? written.slice(1) : written);
  if (!compiled.ok) return fail({ entry, reason: compiled.error });
  const { value: expression } = compiled;
  return ok({
    source,
    effect: excludes ? 'exclude' : 'include',
    origin,
    matchLength: (key) => expression.matchAtStart(key),
  });
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
