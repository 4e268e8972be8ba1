/**
 * cluster-churn: one label key makes a large part of all identities, or identities are made so fast that the range runs out
 * before unused ones are collected.
 *
 * Counted are distinct keys, with and without the label: what leaving it out of identities would save. Cilium's own labels are
 * never proposed, nor are names of applications, and a value of `labels` only after the filter was asked what it does.
 * Cost: O(labels of all identities), with pauses, in an audit only; of the rate O(1).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { compareBytes, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { NAMESPACE_LABEL_PREFIX } from '../../cilium/identity/pod-labels.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Answer, type Pause } from '../check.ts';
import type { StateContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { ciliumConfigRef } from '../facts/cilium-config-ref.ts';
import { identitiesForeseen } from '../facts/identities-foreseen.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { isBeyond } from '../facts/range-use.ts';
import { labelsValueWithout } from '../facts/labels-value.ts';
import { rulesSelectingBy } from '../facts/selecting-rules.ts';
import { fixWith, MOST_CAUSES } from './filter-gap.ts';
import { namesApplications } from './key-standing.ts';
import { added, NO_LABELS, sumOfLabel, told, without } from './label-sums.ts';

const IDENTITIES_PER_PAUSE = 100;
/** Of all identities. */
const MUCH_PERCENT = 10;
/** In a small cluster every label is a large part. */
const LEAST_SAVED = 100;
/** Each of them asks every policy. */
const MOST_TOLD = 10;
/** Of the range. */
const FULL_PERCENT = 85;

export function* clusterChurn({ view }: StateContext): Iterable<Answer> {
  yield* fastMints(view);
  const sums = yield* sumsOf(view);
  const savings = [...sums.holders.keys()]
    .map((key) => ({ key, saved: savedBy(key, sums) }))
    .filter(({ saved }) => saved >= LEAST_SAVED && saved * 100 > sums.all.size * MUCH_PERCENT)
    .sort((a, b) => b.saved - a.saved || compareBytes(a.key, b.key));
  for (const { key, saved } of savings.slice(0, MOST_TOLD)) {
    const entry = yield* labelsValueWithout([key], view);
    const rules = yield* rulesSelectingBy([key], view);
    yield {
      id: 'cluster-churn',
      severity: 'advice',
      certainty: identityCertainty(view.settings),
      subject: ciliumConfigRef(view),
      audience: 'platform',
      facts: { labels: [key], ...(entry === undefined ? {} : { entry }), identitiesSaved: saved },
      details: { identities: sums.all.size },
      causes: rules.slice(0, MOST_CAUSES),
      proposals: entry === undefined ? [] : [fixWith(entry, rules)],
    };
  }
}

function* fastMints(view: ClusterView): Iterable<Answer> {
  const { usage } = view;
  const foreseen = identitiesForeseen(usage);
  if (foreseen === undefined || !isBeyond({ inUse: foreseen, size: usage.rangeSize }, FULL_PERCENT)) return;
  yield {
    id: 'cluster-churn',
    severity: 'advice',
    // What comes may come slower or faster.
    certainty: 'estimate',
    subject: ciliumConfigRef(view),
    audience: 'platform',
    facts: {
      labels: [],
      identitiesSaved: 0,
      identitiesInUse: usage.numbersInUse,
      identitiesForeseen: foreseen,
      identitySpace: usage.rangeSize,
    },
    details: { identities: usage.mintedLately ?? 0 },
    causes: [],
    proposals: [{ kind: 'words', text: 'find the tenants that mint, or the label whose values keep changing' }],
  };
}

/** Identities, each as the sum of its labels. */
interface Sums {
  readonly all: Set<number>;
  /** By label key, of the identities that have it: what is left of each without the label. */
  readonly rests: Map<string, Set<number>>;
  readonly holders: Map<string, number>;
}

function* sumsOf(view: ClusterView): Generator<Pause, Sums> {
  const sums: Sums = { all: new Set(), rests: new Map(), holders: new Map() };
  let seen = 0;
  for (const identity of view.identities()) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    take(view.labelsOf(identity) ?? [], sums);
  }
  return sums;
}

function take(labels: LabelArray, { all, rests, holders }: Sums): void {
  const whole = labels.map(sumOfLabel).reduce(added, NO_LABELS);
  // Duplicates of an identity are one.
  if (all.has(told(whole))) return;
  all.add(told(whole));
  for (const label of labels.filter(isOfSomebody)) {
    getOrMake(rests, label.key, () => new Set<number>()).add(told(without(whole, sumOfLabel(label))));
    holders.set(label.key, (holders.get(label.key) ?? 0) + 1);
  }
}

/** Of the identities that have the key, those that would be one with another without it. */
function savedBy(key: string, { all, rests, holders }: Sums): number {
  const left = [...(rests.get(key) ?? [])].filter((rest) => !all.has(rest)).length;
  return (holders.get(key) ?? 0) - left;
}

/** Not Cilium's own, nor what tells applications apart: those are what identities are for. */
function isOfSomebody(label: Label): boolean {
  if (namesApplications(label.key)) return false;
  return isPodLabel(label) || (label.source === 'k8s' && label.key.startsWith(NAMESPACE_LABEL_PREFIX));
}
