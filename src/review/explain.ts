/**
 * How an answer comes about: the identity of a pod label by label, a policy map entry by entry.
 */
import { identityCertainty } from '../checks/facts/certainty.ts';
import { doubtsAbout, entriesCertainty } from '../checks/facts/entries-certainty.ts';
import { classesOf } from '../checks/facts/class-members.ts';
import { formatRuleOrigin } from '../cilium/identity/filter-rule.ts';
import type { FilterDecision, LabelFilter, RuleMatch } from '../cilium/identity/label-filter.ts';
import { compareBytes, formatLabel, type Label, type LabelArray } from '../cilium/identity/label.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import type { PodIdentity } from '../cilium/identity/pod-identity.ts';
import { refOf, usesIdentity, type Pod } from '../cilium/objects.ts';
import { protocolName, type NamedPortMap } from '../cilium/named-ports.ts';
import { formatVersion } from '../cilium/profile.ts';
import { HOST_IDENTITY } from '../cilium/policy/resolve.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import { isHostEndpoint } from '../cluster/identities/host-endpoints.ts';
import type { PolicyClass } from '../cluster/policy-class.ts';
import type { ClusterView, ShapeIdentity } from '../cluster/view.ts';
import type { MapExplanation, PodExplanation } from './explanations.ts';

export function explainPod(view: ClusterView, pod: Pod): PodExplanation {
  const identity = view.identityOfShape(pod, pod.namespace);
  const { filter, profile } = view.settings;
  const base = { kind: 'PodExplanation', pod: refOf(pod), ciliumVersion: formatVersion(profile.version) } as const;
  if (identity.kind === 'unknown' || filter.kind !== 'known') {
    return { ...base, scope: scopeOf(pod, identity), identities: [], certainty: 'unknown', labels: [] };
  }
  return {
    ...base,
    scope: scopeOf(pod, identity),
    // A key is what an identity is allocated for: pods of any other kind have none.
    ...(usesIdentity(pod) && identity.kind === 'global' ? { key: identity.key } : {}),
    identities: numbersOf(view, pod, identity),
    certainty: identity.kind === 'undecided' ? 'unknown' : identityCertainty(view.settings),
    labels: explainLabels(identity.labels, view.informationLabels(pod, pod.namespace), filter.filter),
  };
}

function scopeOf(pod: Pod, identity: ShapeIdentity): string {
  if (pod.hostNetwork) return 'none of its own, because it is on the network of its node';
  if (!usesIdentity(pod)) return `none any more, because it has ${pod.phase.toLowerCase()}`;
  switch (identity.kind) {
    case 'global':
      return 'global';
    case 'reserved':
      return `${identity.reason}: number ${identity.id} stands for all pods with these labels`;
    case 'node-local':
      return 'node-local: a label has the key "remote-node", so that every node numbers it anew';
    case 'undecided':
      return `undecided: Cilium leaves the value of ${identity.keys.join(', ')} to chance`;
    case 'unknown':
      return `unknown: ${identity.reason}`;
  }
}

function numbersOf(view: ClusterView, pod: Pod, identity: PodIdentity): readonly NumericIdentity[] {
  if (!usesIdentity(pod)) return [];
  if (identity.kind === 'reserved') return [identity.id];
  if (identity.kind !== 'global') return [];
  return view.identitiesWithKey(identity.key).filter((id) => view.hasNumber(id));
}

function explainLabels(labels: LabelArray, info: LabelArray, filter: LabelFilter): PodExplanation['labels'] {
  return [...labels, ...info]
    .sort((a, b) => compareBytes(a.key, b.key))
    .map((label) => explainLabel(label, labels.includes(label), filter));
}

function explainLabel(label: Label, kept: boolean, filter: LabelFilter): PodExplanation['labels'][number] {
  const rule = label.source === 'gen' ? 'made from port names, outside the filter' : ruleOf(filter.decide(label));
  return { label: formatLabel(label), kept, rule };
}

function ruleOf({ kept, include, exclude, includeMode }: FilterDecision): string {
  if (kept && exclude === undefined) return include === undefined ? 'no rule excludes it' : matchText(include);
  if (kept) return `${matchText(include)} outweighs ${matchText(exclude)}`;
  if (exclude === undefined) return includeMode ? 'no rule includes it, and `labels` has an include' : '';
  return include === undefined ? matchText(exclude) : `${matchText(exclude)} outweighs ${matchText(include)}`;
}

function matchText(match: RuleMatch | undefined): string {
  if (match === undefined) return '';
  const { rule, length } = match;
  return `${rule.effect} ${formatRuleOrigin(rule.origin)} (${length} characters)`;
}

/** `ports`: of the endpoint; absent: the one with the largest map. undefined: the view knows no such identity. */
export function explainMap(
  view: ClusterView,
  identity: NumericIdentity,
  ports?: NamedPortMap,
): MapExplanation | undefined {
  const labels = view.labelsOf(identity);
  if (labels === undefined) return undefined;
  const [first, ...others] = largestFirst([...classesOf(identity, labels, view)], view);
  const policyClass = first === undefined || ports !== undefined ? view.classOf(labels, identity, ports) : first;
  const { ingress, egress } = policyClass.policy;
  const { nodes } = runToEnd(view.agentIdentitiesSteps(policyClass.policy));
  return {
    kind: 'MapExplanation',
    identity: isHostEndpoint(identity) ? HOST_IDENTITY : view.hasNumber(identity) ? identity : 'new',
    labels: labels.map(formatLabel),
    ...(others.length === 0 ? {} : { ownPorts: portTexts(policyClass) }),
    ciliumVersion: formatVersion(view.settings.profile.version),
    // Of a map that nobody makes not even the entries that are there for certain are shown.
    certainty: policyClass.uncounted === undefined ? entriesCertainty(view, policyClass) : 'unknown',
    doubts: doubtsAbout(view, policyClass).map(({ reason }) => reason),
    unsupported: policyClass.unsupported,
    ingressEnforced: ingress.enforced,
    egressEnforced: egress.enforced,
    limit: view.settings.config.policyMapMax,
    entries: [...view.policyMap(policyClass).entries()].map((entry) => ({
      direction: entry.direction,
      identity: entry.identity,
      labels: (view.labelsOf(entry.identity) ?? nodes.labelsOf(entry.identity) ?? []).map(formatLabel),
      protocol: entry.protocol,
      port: entry.port,
      prefixLength: entry.prefixLength,
      effect: entry.effect,
      rules: entry.origins,
    })),
  };
}

function largestFirst(classes: readonly PolicyClass[], view: ClusterView): readonly PolicyClass[] {
  if (classes.length < 2) return classes;
  const sized = classes.map((policyClass) => ({ policyClass, size: view.policyMap(policyClass).size }));
  return sized
    .sort((a, b) => b.size - a.size || compareBytes(a.policyClass.key, b.policyClass.key))
    .map(({ policyClass }) => policyClass);
}

function portTexts({ ownPorts }: PolicyClass): readonly string[] {
  return [...ownPorts]
    .map(([name, { port, protocol }]) => `${name}=${port}/${protocolName(protocol)}`)
    .sort(compareBytes);
}
