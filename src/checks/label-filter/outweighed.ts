/**
 * Entries that another rule outweighs, or makes superfluous: of the rules that match a label the longest include has to be
 * longer than the shortest exclude.
 */
import { writeFilterEntry, type FilterRule } from '../../cilium/identity/filter-rule.ts';
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import type { Label } from '../../cilium/identity/label.ts';
import { PAUSE, type Pause } from '../check.ts';
import { firstRight, meantInstead } from './correction.ts';
import { spelledKey } from './expression.ts';
import { lengthOf, type Entry, type LabelStudy } from './label-study.ts';
import type { Trap } from './trap.ts';

/** An include that keeps nothing of what it matches, or an exclude that drops nothing of it: it is not long enough. */
export function outweighedTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  const matched = study.concerned(entry.rule);
  const includes = entry.rule.effect === 'include';
  if (matched.length === 0 || matched.some((label) => study.filter.keeps(label) === includes)) return undefined;
  const [label] = matched;
  const rule = label === undefined ? undefined : opponentOf(entry, label, study.filter);
  if (label === undefined || rule === undefined) return undefined;
  const isTie = includes && lengthOf(rule, label) === lengthOf(entry.rule, label);
  const lost = study.lostToIncludeMode(entry);
  const longer = writeFilterEntry({ ...entry.written, expression: `${entry.written.expression}.*` });
  const correction = meantInstead(study, { entry, texts: lost.length > 0 ? [] : [longer] });
  return {
    id: 'filter-outweighed',
    reason: isTie ? 'tie' : 'shorter',
    where: 'labels',
    entry,
    rule,
    labels: matched,
    lost,
    correction,
  };
}

/** undefined: no rule of the other effect is what makes the difference. */
function opponentOf({ rule }: Entry, label: Label, filter: LabelFilter): FilterRule | undefined {
  const { include, exclude } = filter.decide(label);
  return rule.effect === 'include' ? exclude?.rule : exclude?.rule === rule ? include?.rule : undefined;
}

/** An exclude that is long enough and is not asked, because a shorter one is there that is too short. */
export function shortestExcludeTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  if (entry.rule.effect === 'include') return undefined;
  const matched = study.concerned(entry.rule);
  const labels = matched.filter((label) => isUndone(entry, label, study.filter));
  const [first] = labels;
  const shorter = first === undefined ? undefined : study.filter.decide(first).exclude?.rule;
  const other = study.entries.find(({ rule }) => rule === shorter);
  // What no value can drop is told of an entry that is for nothing else.
  if (shorter === undefined || (other === undefined && labels.length < matched.length)) return undefined;
  const correction =
    other === undefined
      ? undefined
      : firstRight(study, [study.without(other)], (variant) => {
          const { gained, lost } = study.difference(study.current, variant);
          const known = [...gained, ...lost].filter((label) => study.isKnown(label));
          return labels.every((label) => lost.includes(label)) && known.every((label) => labels.includes(label));
        });
  return {
    id: 'filter-shortest-exclude',
    reason: 'undone',
    where: 'labels',
    entry,
    rule: shorter,
    labels,
    correction,
  };
}

function isUndone({ rule }: Entry, label: Label, filter: LabelFilter): boolean {
  const { kept, include, exclude } = filter.decide(label);
  return kept && exclude !== undefined && exclude.rule !== rule && lengthOf(rule, label) >= (include?.length ?? 0);
}

/**
 * Entries without which every label comes out the same: each alone, and all of them together. Of two that do the same the
 * later one is named. An entry that stands for keys which nobody has yet is no such entry, unless it is there twice.
 */
export function* deadEntries(study: LabelStudy, candidates: readonly Entry[]): Generator<Pause, readonly Entry[]> {
  const dead: Entry[] = [];
  for (const entry of candidates.toReversed()) {
    yield PAUSE;
    if (spelledKey(entry.tokens) === undefined && !isRepeated(study, entry)) continue;
    if (isSame(study, [entry]) && isSame(study, [...dead, entry])) dead.push(entry);
  }
  return dead.reverse();
}

function isSame(study: LabelStudy, left: readonly Entry[]): boolean {
  const { gained, lost } = study.difference(study.current, study.without(...left));
  return gained.length + lost.length === 0;
}

function isRepeated(study: LabelStudy, { text, position }: Entry): boolean {
  return study.entries.some((other) => other.text === text && other.position < position);
}

export function deadTrap(study: LabelStudy, entry: Entry): Trap {
  const without = study.without(entry);
  const labels = study.concerned(entry.rule);
  const [label] = labels;
  const decision = label === undefined ? undefined : without.filter.decide(label);
  const rule = (decision?.kept === true ? decision.include : decision?.exclude)?.rule;
  const correction = firstRight(study, [without], () => true);
  return {
    id: 'filter-dead-entry',
    reason: isRepeated(study, entry) ? 'repeated' : 'covered',
    where: 'labels',
    entry,
    labels,
    rule,
    correction,
  };
}
