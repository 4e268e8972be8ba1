/**
 * Other values of `labels`, tried out: what is shown was parsed and decided with, over every label that is known.
 *
 * Invariant: a value that drops the label of the namespace, the service account or the cluster, where the value in force keeps
 * it, is no correction.
 */
import { CILIUM_KEYS } from '../../cilium/identity/pod-labels.ts';
import type { FilterRule } from '../../cilium/identity/filter-rule.ts';
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import type { Label } from '../../cilium/identity/label.ts';
import { lengthOf, type Entry, type LabelStudy, type Variant } from './label-study.ts';
import type { Correction } from './trap.ts';

/** The first of the variants that is right. */
export function firstRight(
  study: LabelStudy,
  variants: Iterable<Variant | undefined>,
  isRight: (variant: Variant) => boolean,
): Correction | undefined {
  for (const variant of variants) {
    if (variant === undefined || !isRight(variant)) continue;
    const { gained, lost } = study.difference(study.current, variant);
    if (lost.some(({ key }) => CILIUM_KEYS.includes(key))) continue;
    const isKnown = (label: Label) => study.isKnown(label);
    return { labels: variant.entries.join(' '), gained: gained.filter(isKnown), lost: lost.filter(isKnown) };
  }
  return undefined;
}

/** What to write in the place of an entry. */
export interface Rewriting {
  readonly entry: Entry;
  readonly texts: readonly string[];
}

/** Other texts in the place of an entry, or failing that the value without it. */
export function meantInstead(study: LabelStudy, rewriting: Rewriting): Correction | undefined {
  return meant(study, [rewriting]) ?? firstRight(study, [study.without(rewriting.entry)], () => true);
}

/**
 * Texts each of which decides something, and that have no effect but their own: what one of them matches comes out as the
 * text says, or, where another rule outweighs it, as without it; and all else as without it.
 */
export function meant(study: LabelStudy, rewritings: readonly Rewriting[]): Correction | undefined {
  const texts = rewritings.flatMap((rewriting) => rewriting.texts);
  if (texts.length === 0) return undefined;
  const without = study.without(...rewritings.map(({ entry }) => entry));
  const variant = study.replacing(new Map(rewritings.map((rewriting) => [rewriting.entry.position, rewriting.texts])));
  return firstRight(study, [variant], (tried) => {
    const rules = writtenIn(tried.filter, texts);
    return (
      rules.every((rule) => decidesSomething(study, rule, tried.filter)) &&
      hasNoOtherEffect(study, rules, tried, without)
    );
  });
}

function decidesSomething(study: LabelStudy, rule: FilterRule, filter: LabelFilter): boolean {
  return study
    .matched(rule)
    .some((label) => study.isNamed(label) && filter.keeps(label) === (rule.effect === 'include'));
}

function hasNoOtherEffect(
  study: LabelStudy,
  rules: readonly FilterRule[],
  variant: Variant,
  without: Variant,
): boolean {
  const isIncludeModeNew = variant.filter.includeMode && !without.filter.includeMode;
  return study.touched(variant, without).every((label) => {
    const effects = rules.filter((rule) => lengthOf(rule, label) > 0).map(({ effect }) => effect);
    const isKept = variant.filter.keeps(label);
    const isMatched = effects.length > 0 && isKept === !effects.includes('exclude');
    return isMatched || (isIncludeModeNew && effects.length === 0) || isKept === without.filter.keeps(label);
  });
}

export interface Narrowing {
  /** What the entry matches and the narrower text does not, where that makes a difference. */
  readonly letGo: readonly Label[];
  readonly correction?: Correction | undefined;
}

/** For an entry that matches more than it should: a text that decides what it still matches as the entry does. */
export function narrowing(study: LabelStudy, entry: Entry, text: string): Narrowing {
  const variant = study.replacing(new Map([[entry.position, [text]]]));
  const [narrow] = variant === undefined ? [] : writtenIn(variant.filter, [text]);
  if (variant === undefined || narrow === undefined) return { letGo: [] };
  const letGo = new Set(study.matched(entry.rule).filter((label) => lengthOf(narrow, label) === 0));
  const { gained, lost } = study.difference(study.current, variant);
  const changed = [...gained, ...lost];
  const correction = firstRight(study, [variant], () => changed.every((label) => letGo.has(label)));
  const told = study.labels.filter((label) => letGo.has(label) && changed.includes(label) && study.isNamed(label));
  return { letGo: told, correction };
}

function writtenIn(filter: LabelFilter, texts: readonly string[]): readonly FilterRule[] {
  return filter.rules.filter(({ origin }) => origin.kind === 'labels' && texts.includes(origin.entry));
}
