/**
 * Labels that policies and Cilium itself count on, and that the filter takes out of every identity: the namespace, its labels,
 * the cluster, the service account; and labels that some policy selects by.
 */
import { fields } from '../../cilium/go-text.ts';
import { expressionFor, type FilterRule } from '../../cilium/identity/filter-rule.ts';
import { LabelFilter } from '../../cilium/identity/label-filter.ts';
import type { Label } from '../../cilium/identity/label.ts';
import {
  CILIUM_KEYS,
  CLUSTER_KEY,
  NAMESPACE_LABEL_PREFIX,
  POD_NAMESPACE_KEY,
  SERVICE_ACCOUNT_KEY,
} from '../../cilium/identity/pod-labels.ts';
import type { RuleRef } from '../../cilium/objects.ts';
import type { FilterReasons } from '../facts/findings/label-filter.ts';
import { firstRight } from './correction.ts';
import { podLabel } from '../facts/pod-label.ts';
import type { Entry, LabelStudy } from './label-study.ts';
import type { Correction, Trap } from './trap.ts';

type LostReason = FilterReasons['filter-lost-label'];

const LOST: readonly (readonly [key: string, reason: LostReason])[] = [
  [POD_NAMESPACE_KEY, 'namespace'],
  [CLUSTER_KEY, 'cluster'],
  [SERVICE_ACCOUNT_KEY, 'service-account'],
];

/** `peersNameCluster`: every peer selector asks for the label of the cluster (policy-default-local-cluster). */
export function* lostLabelTraps(study: LabelStudy, peersNameCluster: boolean): Iterable<Trap> {
  for (const [key, reason] of LOST) {
    if (study.filter.keeps(podLabel(key))) continue;
    yield lostLabel(
      study,
      [podLabel(key)],
      reason === 'cluster' && peersNameCluster ? 'cluster-of-every-peer' : reason,
    );
  }
  const isOfNamespace = ({ key }: Label) => key.startsWith(NAMESPACE_LABEL_PREFIX);
  const ofNamespaces = study.labels.filter((label) => isOfNamespace(label) && study.isKnown(label));
  const isLost = ofNamespaces.every((label) => !study.filter.keeps(label));
  if (isLost && ofNamespaces.length > 0) yield lostLabel(study, ofNamespaces, 'namespace-labels');
}

function lostLabel(study: LabelStudy, labels: readonly Label[], reason: LostReason): Trap {
  const decision = labels[0] === undefined ? undefined : study.filter.decide(labels[0]);
  const entry = entryOf(study, decision?.exclude?.rule);
  return {
    id: 'filter-lost-label',
    reason,
    labels,
    ...blamed(study, entry, decision?.exclude?.rule),
    correction: keeping(study, labels, entry === undefined ? [] : [study.without(entry).entries]),
  };
}

/** A key that positive requirements of policies ask for, and where they do. */
export interface SelectedKey {
  readonly label: Label;
  readonly rules: readonly RuleRef[];
}

/**
 * Only what the entries of `labels` take away, and not what lostLabelTraps tells. `mended`: values that mend an entry; where
 * one of them keeps what is lost, it is proposed here too.
 */
export function* lostSelectorTraps(
  study: LabelStudy,
  selected: Iterable<SelectedKey>,
  mended: readonly Correction[],
): Iterable<Trap> {
  const defaults = new LabelFilter(study.base);
  for (const { label, rules } of selected) {
    if (CILIUM_KEYS.includes(label.key) || study.filter.keeps(label) || !defaults.keeps(label)) continue;
    const { exclude } = study.filter.decide(label);
    const entry = entryOf(study, exclude?.rule);
    const including = [...study.entries.map(({ text }) => text), `${expressionFor(label.key)}$`];
    const value = entry === undefined ? including : study.without(entry).entries;
    yield {
      id: 'filter-lost-selector',
      reason: exclude === undefined ? 'not-included' : 'excluded',
      labels: [label],
      causes: rules,
      ...blamed(study, entry, exclude?.rule),
      correction: keeping(study, [label], [...mended.map((correction) => fields(correction.labels)), value]),
    };
  }
}

function keeping(
  study: LabelStudy,
  labels: readonly Label[],
  values: readonly (readonly string[])[],
): Correction | undefined {
  const variants = values.map((entries) => study.variant(entries));
  return firstRight(study, variants, ({ filter }) => labels.every((label) => filter.keeps(label)));
}

function entryOf(study: LabelStudy, rule: FilterRule | undefined): Entry | undefined {
  return study.entries.find((entry) => entry.rule === rule);
}

function blamed(
  study: LabelStudy,
  entry: Entry | undefined,
  rule: FilterRule | undefined,
): Pick<Trap, 'where' | 'entry' | 'rule'> {
  if (entry !== undefined) return { where: 'labels', entry };
  return { where: study.isFromFile ? 'file' : 'labels', rule };
}
