/**
 * A value of `labels` of cilium-config that leaves some label keys out of identities, and nothing else: tried out with the
 * filter itself.
 *
 * An exclude of the whole key is put behind the entries that are there. It does nothing where a shorter exclude is the one that
 * counts and an include is longer than that (the shortest exclude decides): then entries that are in its way are left out.
 * Invariant: what is proposed drops each of the keys, and decides on every other key as the value in force does: on those of
 * all identities and those that any cluster may have; where an entry is left out, on those of pods, workloads and namespaces too.
 * Cost: a few expressions for each label key of identities, with pauses; O(labels of pods, workloads and identities) where an entry is left out.
 */
import { chain } from '../../cilium/chain.ts';
import { fields } from '../../cilium/go-text.ts';
import { excludingEntry, parseFilterEntry, type FilterRule } from '../../cilium/identity/filter-rule.ts';
import { LabelFilter, matchLength, type FilterDecision } from '../../cilium/identity/label-filter.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { knownKeys, usualKeys } from './known-keys.ts';
import { podLabel } from './pod-label.ts';

const KEYS_PER_PAUSE = 200;
/** Of longer values no entry is left out. */
const MOST_ENTRIES = 100;

/** undefined: the filter is not known, or no such value was found. `keys`: those that it keeps. */
export function* labelsValueWithout(keys: readonly string[], view: ClusterView): Generator<Pause, string | undefined> {
  const { filter, config } = view.settings;
  if (filter.kind !== 'known') return undefined;
  const entries = fields(config.labels ?? '');
  const appended = withExcludes(filter.filter, entries.length, keys);
  if (appended === undefined) return undefined;
  const trial = { keys, before: filter.filter, view };
  if (yield* dropsJustThese(appended, trial, chain([view.labelKeys(), usualKeys(view)]))) return valueOf(appended);
  return entries.length > MOST_ENTRIES ? undefined : yield* withFewerEntries(appended, trial);
}

interface Trial {
  readonly keys: readonly string[];
  readonly before: LabelFilter;
  readonly view: ClusterView;
}

/** What is in the way of the excludes is left out: shorter excludes if that helps, else includes. */
function* withFewerEntries(appended: LabelFilter, trial: Trial): Generator<Pause, string | undefined> {
  const { present, usual } = yield* knownKeys(trial.view);
  for (const inTheWay of [shorterFirst, includesFirst]) {
    const cleared = without(inTheWay, appended, trial.keys);
    if (cleared === undefined) continue;
    if (yield* dropsJustThese(cleared, trial, chain([present, usual]))) return valueOf(cleared);
  }
  return undefined;
}

type InTheWay = (decision: FilterDecision) => readonly (FilterRule | undefined)[];

function shorterFirst({ include, exclude }: FilterDecision): readonly (FilterRule | undefined)[] {
  return [exclude?.rule, include?.rule];
}

function includesFirst({ include, exclude }: FilterDecision): readonly (FilterRule | undefined)[] {
  return [include?.rule, exclude?.rule];
}

/** undefined: a rule that is in the way is not one of `labels`. */
function without(inTheWay: InTheWay, filter: LabelFilter, keys: readonly string[]): LabelFilter | undefined {
  let cleared = filter;
  for (const key of keys) {
    for (let decision = cleared.decide(podLabel(key)); decision.kept; decision = cleared.decide(podLabel(key))) {
      const left = inTheWay(decision).find((rule) => rule?.origin.kind === 'labels');
      if (left === undefined) return undefined;
      cleared = new LabelFilter(cleared.rules.filter((rule) => rule !== left));
    }
  }
  return cleared;
}

function* dropsJustThese(
  after: LabelFilter,
  { keys, before }: Trial,
  all: Iterable<string>,
): Generator<Pause, boolean> {
  if (keys.some((key) => after.keeps(podLabel(key)))) return false;
  const dropped = new Set(keys);
  const isTouched = touching(before, after);
  let looked = 0;
  for (const key of all) {
    if (++looked % KEYS_PER_PAUSE === 0) yield PAUSE;
    if (dropped.has(key) || !isTouched(key)) continue;
    if (after.keeps(podLabel(key)) !== before.keeps(podLabel(key))) return false;
  }
  return true;
}

/** A key that is matched by none of the rules in which they differ meets the same rules in both. */
function touching(before: LabelFilter, after: LabelFilter): (key: string) => boolean {
  if (before.includeMode !== after.includeMode) return () => true;
  const [old, fresh] = [new Set(before.rules), new Set(after.rules)];
  const changed = [...before.rules.filter((rule) => !fresh.has(rule)), ...after.rules.filter((rule) => !old.has(rule))];
  return (key) => changed.some((rule) => matchLength(rule, podLabel(key)) !== undefined);
}

/** undefined: an agent would refuse one of the entries. `entries`: how many there are. */
function withExcludes(filter: LabelFilter, entries: number, keys: readonly string[]): LabelFilter | undefined {
  const rules = [...filter.rules];
  for (const [index, entry] of keys.map(excludingEntry).entries()) {
    const rule = parseFilterEntry(entry, { kind: 'labels', entry, position: entries + index });
    if (!rule.ok) return undefined;
    rules.push(rule.value);
  }
  return new LabelFilter(rules);
}

function valueOf({ rules }: LabelFilter): string {
  return rules.flatMap(({ origin }) => (origin.kind === 'labels' ? [origin.entry] : [])).join(' ');
}
