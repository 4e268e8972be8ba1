/**
 * What keeps an agent from starting: an entry with nothing after its source, an expression that Go does not compile, a
 * label-prefix-file that is none.
 */
import { parseFilterEntry, splitFilterEntry, type LabelFilterError } from '../../cilium/identity/filter-rule.ts';
import type { FilterReasons } from '../facts/findings/label-filter.ts';
import type { Trap } from './trap.ts';

interface RefusedEntry {
  readonly text: string;
  readonly position: number;
  readonly error: string;
  readonly reason: FilterReasons['filter-refused'];
  /** What to write instead; it compiles. None: leave it out. */
  readonly instead?: string;
}

/** `entries`: of `labels`. `error`: what the filter as a whole is refused for. One trap for each entry that is refused. */
export function refusedTraps(entries: readonly string[], error: LabelFilterError): readonly Trap[] {
  if (error.entry === undefined) {
    return [{ id: 'filter-refused', reason: 'file', where: 'file', error: error.reason, labels: [] }];
  }
  const refused = entries.flatMap((text, position) => refusedEntry(text, position) ?? []);
  const byPosition = new Map(refused.map((entry) => [entry.position, entry]));
  const rest = entries.flatMap((text, position) => {
    const entry = byPosition.get(position);
    return entry === undefined ? [text] : (entry.instead ?? []);
  });
  const correction = { labels: rest.join(' '), gained: [], lost: [] };
  return refused.map((entry) => ({
    id: 'filter-refused',
    reason: entry.reason,
    where: 'labels',
    entry,
    error: entry.error,
    labels: [],
    correction,
  }));
}

function refusedEntry(text: string, position: number): RefusedEntry | undefined {
  const error = refusalOf(text);
  if (error === undefined) return undefined;
  const { reason, instead } = remedyFor(text);
  return {
    text,
    position,
    error,
    reason,
    ...(instead === undefined || refusalOf(instead) !== undefined ? {} : { instead }),
  };
}

function refusalOf(text: string): string | undefined {
  const rule = parseFilterEntry(text, { kind: 'labels', entry: text, position: 0 });
  return rule.ok ? undefined : rule.error.reason;
}

/** The colon of `(?:a|b)` ends a source, so that one has to come before it; a star has to have something to repeat. */
function remedyFor(text: string): Pick<RefusedEntry, 'reason' | 'instead'> {
  const written = splitFilterEntry(text);
  if (written === undefined) return { reason: 'nothing' };
  if (written.source.includes('(')) return { reason: 'source', instead: `:${text}` };
  if (written.expression.startsWith('*')) return { reason: 'star', instead: text.replace('*', '.*') };
  return { reason: 'expression' };
}
