/**
 * Row 1 of the table of beliefs in the specification of identities: the rules of the label filter that are built in.
 */
import { defaults, isKept } from './question-tests.ts';
import type { Row } from './row.ts';
import type { SeenLabel, SeenQuestion } from './seen-question.ts';

/** In the order of Cilium's list. What an include keeps would be kept without it, or by another one. */
const BUILT_IN: readonly (readonly [rule: string, isFor: (label: SeenLabel) => boolean, keeps: boolean])[] = [
  ['reserved:.*', ({ source }) => source === 'reserved', true],
  ['io.kubernetes.pod.namespace', ofKey(/^io\.kubernetes\.pod\.namespace/), true],
  ['io.cilium.k8s.namespace.labels', ofKey(/^io\.cilium\.k8s\.namespace\.labels/), true],
  ['app.kubernetes.io', ofKey(/^app\.kubernetes\.io/), true],
  ['io.cilium.k8s.policy.cluster', ofKey(/^io\.cilium\.k8s\.policy\.cluster/), true],
  ['io.cilium.k8s.policy.serviceaccount', ofKey(/^io\.cilium\.k8s\.policy\.serviceaccount/), true],
  ['!io.kubernetes', ofKey(/^io\.kubernetes(?!\.pod\.namespace)/), false],
  ['!kubernetes.io', ofKey(/^kubernetes\.io/), false],
  ['!statefulset.kubernetes.io/pod-name', ofKey(/^statefulset\.kubernetes\.io\/pod-name/), false],
  ['!apps.kubernetes.io/pod-index', ofKey(/^apps\.kubernetes\.io\/pod-index/), false],
  ['!batch.kubernetes.io/job-completion-index', ofKey(/^batch\.kubernetes\.io\/job-completion-index/), false],
  ['!batch.kubernetes.io/controller-uid', ofKey(/^batch\.kubernetes\.io\/controller-uid/), false],
  ['!.*beta.kubernetes.io', ofKey(/^.*beta\.kubernetes\.io/), false],
  ['!k8s.io', ofKey(/^k8s\.io/), false],
  ['!pod-template-generation', ofKey(/^pod-template-generation/), false],
  ['!pod-template-hash', ofKey(/^pod-template-hash/), false],
  ['!controller-revision-hash', ofKey(/^controller-revision-hash/), false],
  ['!controller-uid', ofKey(/^controller-uid/), false],
  ['!annotation.*', ofKey(/^annotation/), false],
  ['!etcd_node', ofKey(/^etcd_node/), false],
  ['!topology.kubernetes.io', ofKey(/^topology\.kubernetes\.io/), false],
];

function ofKey(pattern: RegExp): (label: SeenLabel) => boolean {
  return ({ source, key }) => source !== 'reserved' && pattern.test(key);
}

export const isExcludedByDefault = (label: SeenLabel): boolean =>
  BUILT_IN.some(([, isFor, keeps]) => !keeps && isFor(label));
export const isIncludedByDefault = (label: SeenLabel): boolean =>
  BUILT_IN.some(([, isFor, keeps]) => keeps && isFor(label));

export const BUILT_IN_ROWS: readonly Row<SeenQuestion>[] = BUILT_IN.map(([rule, isFor, keeps]) => ({
  row: '1',
  says: `the built-in ${rule}`,
  isReached: defaults((label, seen) => isFor(label) && isKept(label, seen) === keeps),
}));
