/**
 * cluster-churn: one label key makes a large part of all identities.
 *
 * Counted are distinct keys, with and without the label: what leaving it out of identities would save. Cilium's own labels are
 * never proposed, nor are names of applications, and an entry only after the filter was asked what it does with it.
 * Cost: O(labels of all identities), with pauses, in an audit only.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { compareBytes, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { parseLabelFilter } from '../../cilium/identity/label-filter.ts';
import { NAMESPACE_LABEL_PREFIX } from '../../cilium/identity/pod-labels.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Answer, type Pause } from '../check.ts';
import type { StateContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { ciliumConfigRef } from '../facts/cilium-config-ref.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { namesApplications } from './key-standing.ts';
import { added, NO_LABELS, sumOfLabel, told, without } from './label-sums.ts';

const IDENTITIES_PER_PAUSE = 100;
/** Of all identities. */
const MUCH_PERCENT = 10;
/** In a small cluster every label is a large part. */
const LEAST_SAVED = 100;

/** Identities, each as the sum of its labels. */
interface Sums {
  readonly all: Set<number>;
  /** By label key, of the identities that have it: what is left of each without the label. */
  readonly rests: Map<string, Set<number>>;
  readonly holders: Map<string, number>;
}

export function* clusterChurn({ view }: StateContext): Iterable<Answer> {
  const sums = yield* sumsOf(view);
  const savings = [...sums.holders.keys()]
    .map((key) => ({ key, saved: savedWithout(key, sums) }))
    .filter(({ saved }) => saved >= LEAST_SAVED && saved * 100 > sums.all.size * MUCH_PERCENT)
    .sort((a, b) => b.saved - a.saved || compareBytes(a.key, b.key));
  for (const { key, saved } of savings) {
    const entry = entryThatDrops(key, view.settings);
    if (entry === undefined) continue;
    yield {
      id: 'cluster-churn',
      severity: 'advice',
      certainty: identityCertainty(view.settings),
      subject: ciliumConfigRef(view),
      audience: 'platform',
      facts: { labels: [key], entry, identitiesSaved: saved },
      details: { identities: sums.all.size },
      causes: [],
      proposals: [{ kind: 'words', text: `add ${entry} to "labels", once no policy selects the label any more` }],
    };
  }
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

/** Of the identities that have the key, those that would be one with another. */
function savedWithout(key: string, { all, rests, holders }: Sums): number {
  const left = [...(rests.get(key) ?? [])].filter((rest) => !all.has(rest)).length;
  return (holders.get(key) ?? 0) - left;
}

/** Not Cilium's own, nor what tells applications apart: those are what identities are for. */
function isOfSomebody(label: Label): boolean {
  if (namesApplications(label.key)) return false;
  return isPodLabel(label) || (label.source === 'k8s' && label.key.startsWith(NAMESPACE_LABEL_PREFIX));
}

/** undefined: no entry of `labels` would, as a file decides or another entry keeps the label. */
function entryThatDrops(key: string, { profile, config }: Settings): string | undefined {
  if (config.labelPrefixFile !== undefined) return undefined;
  const entry = `!${key.replaceAll('.', String.raw`\.`)}$`;
  const filter = parseLabelFilter({ profile, labels: `${config.labels ?? ''} ${entry}` });
  return filter.ok && !filter.value.keeps({ source: 'k8s', key, value: '' }) ? entry : undefined;
}
