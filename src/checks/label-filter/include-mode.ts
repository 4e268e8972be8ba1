/**
 * Includes that mean more than they name: one of them makes every other label need one too, and a wide one brings back what
 * the built-in rules leave out.
 */
import { expressionFor } from '../../cilium/identity/filter-rule.ts';
import type { Label } from '../../cilium/identity/label.ts';
import { POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { firstRight } from './correction.ts';
import { spelledKey } from './expression.ts';
import { lengthOf, type Entry, type LabelStudy, type Variant } from './label-study.ts';
import type { Correction, Trap } from './trap.ts';

/** More entries than that in a corrected value are no longer something to paste. */
const MOST_LISTED = 20;

/**
 * Includes none of which names an ordinary label, one that is kept without them: they are meant to add something, or to hold
 * on to something, and what they do is to take all else away. A list that names ordinary labels is meant as one, and so is
 * the pod's namespace alone. `candidates`: entries with which nothing else is wrong.
 */
export function includeModeTrap(study: LabelStudy, candidates: readonly Entry[]): Trap | undefined {
  const includes = study.entries.filter(({ rule }) => rule.effect === 'include');
  const [first] = includes;
  if (first === undefined || !includes.every((entry) => candidates.includes(entry))) return undefined;
  const without = study.without(...includes);
  if (without.filter.includeMode || includes.some((entry) => isOfAList(study, entry, without))) return undefined;
  const { lost } = study.difference(without, study.current);
  const present = lost.filter((label) => study.isPresent(label));
  if (present.length === 0) return undefined;
  const correction = withAll(study, present, without) ?? firstRight(study, [without], () => true);
  return {
    id: 'filter-include-mode',
    reason: 'defaults-off',
    where: 'labels',
    entry: first,
    labels: study.labels.filter(
      (label) => study.isNamed(label) && includes.some(({ rule }) => lengthOf(rule, label) > 0),
    ),
    lost: present,
    correction,
  };
}

function isOfAList(study: LabelStudy, entry: Entry, without: Variant): boolean {
  return study
    .matched(entry.rule)
    .some(
      (label) =>
        label.key === POD_NAMESPACE_KEY ||
        (without.filter.keeps(label) && without.filter.decide(label).include === undefined),
    );
}

/** What is kept now, and an include for each label that is not: right where the includes do bring something. */
function withAll(study: LabelStudy, lost: readonly Label[], without: Variant): Correction | undefined {
  const { gained } = study.difference(without, study.current);
  if (gained.length === 0 || lost.length > MOST_LISTED) return undefined;
  const entries = [...study.entries.map(({ text }) => text), ...lost.map(exactly)];
  return firstRight(study, [study.variant(entries)], (variant) => {
    const change = study.difference(study.current, variant);
    return change.lost.length === 0 && isSameSet(change.gained, lost);
  });
}

/** Of an include that keeps ordinary labels as well: it was not written for those that the built-in rules drop. */
export function readmittedTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  if (entry.rule.effect === 'exclude' || spelledKey(entry.tokens) !== undefined) return undefined;
  const kept = study.matched(entry.rule).filter((label) => study.filter.decide(label).include?.rule === entry.rule);
  const builtIn = study.base.filter(({ effect }) => effect === 'exclude');
  const excluderOf = (label: Label) => builtIn.find((rule) => lengthOf(rule, label) > 0);
  const labels = kept.filter(
    (label) => study.isKnown(label) && study.filter.keeps(label) && excluderOf(label) !== undefined,
  );
  const [first] = labels;
  if (first === undefined || kept.every((label) => excluderOf(label) !== undefined)) return undefined;
  const rule = excluderOf(first);
  const correction = withoutReadmitted(study, entry, labels);
  return {
    id: 'filter-readmitted',
    reason: 'wildcard',
    where: 'labels',
    entry,
    labels,
    rule,
    correction,
  };
}

/** Without the entry, or with those labels by name that it is needed for; nothing else may change. */
function withoutReadmitted(study: LabelStudy, entry: Entry, labels: readonly Label[]): Correction | undefined {
  const without = study.without(entry);
  const needed = study.difference(without, study.current).gained;
  const named = needed.filter((label) => study.isPresent(label) && !labels.includes(label));
  const listed =
    named.length > MOST_LISTED ? undefined : study.replacing(new Map([[entry.position, named.map(exactly)]]));
  return firstRight(study, [without, listed], (variant) => {
    const change = study.difference(study.current, variant);
    const lost = change.lost.filter((label) => study.isKnown(label));
    const isMeant = (label: Label) => labels.includes(label) || !study.isPresent(label);
    return change.gained.length === 0 && labels.every((label) => lost.includes(label)) && lost.every(isMeant);
  });
}

function exactly({ key }: Label): string {
  return `${expressionFor(key)}$`;
}

function isSameSet(some: readonly Label[], others: readonly Label[]): boolean {
  return some.length === others.length && some.every((label) => others.includes(label));
}
