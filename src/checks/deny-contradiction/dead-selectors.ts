/**
 * Peer selectors that no identity can ever match, and what keeps them from it.
 *
 * A proof by the same facts as for a dead allow (src/cilium/policy/containment): with every label let through it could match,
 * so that the label filter is to blame; without what it says about the namespace it could, so that there is no such namespace.
 * What only contradicts itself is neither. Of prefixes, DNS names, nodes and reserved identities nothing is said, nor, in a mesh,
 * of pods of other clusters, whose filter may be another.
 * Cost: O(requirements) for each peer item; up to three proofs without covers where a label or a namespace is suspect.
 */
import { Budget } from '../../cilium/budget.ts';
import { CLUSTER_KEY } from '../../cilium/identity/pod-labels.ts';
import { asPeer } from '../../cilium/policy/containment/answer.ts';
import { STEPS, uncoveredReach } from '../../cilium/policy/containment/containment.ts';
import type { UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { isNamespaceName, NAMESPACE_KEYS } from '../../cilium/policy/containment/populations.ts';
import { unmapped, type Rule } from '../../cilium/policy/rule.ts';
import { endpointSelector, isWildcard, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import { PAUSE, type Pause } from '../check.ts';
import { itemsOf, MOST_UNITS, type PeerItem } from './units.ts';

export type DeadSelector = { readonly item: PeerItem } & (
  | { readonly reason: 'filtered-label'; readonly keys: readonly string[] }
  | { readonly reason: 'impossible-namespace'; readonly names: readonly string[] }
);

/** Of allows and denies alike: one that takes nobody does not do what it says either. No more than MOST_UNITS. */
export function* deadSelectors(
  rules: readonly Rule[],
  facts: UniverseFacts,
): Generator<Pause, readonly DeadSelector[]> {
  const dead: DeadSelector[] = [];
  for (const rule of rules) {
    yield PAUSE;
    if (rule.subjectKind !== 'endpoint' || unmapped(rule.unsupported).length > 0) continue;
    for (const item of itemsOf(rule)) {
      if (!item.selectors.every((selector) => isSuspect(selector, facts))) continue;
      yield PAUSE;
      const found = deathOf(item, facts);
      if (found !== undefined) dead.push(found);
      if (dead.length === MOST_UNITS) return dead;
    }
  }
  return dead;
}

/** Most are not: they are about labels that the filter keeps, and about namespaces that there can be. */
function isSuspect(selector: EndpointSelector, facts: UniverseFacts): boolean {
  const { requirements } = selector;
  if (isWildcard(selector) || !requirements.every(isOfPods)) return false;
  if (!facts.localOnly && !requirements.some((requirement) => isOwnCluster(requirement, facts))) return false;
  return requirements.some((requirement) => isFiltered(requirement, facts) || namesNoNamespace(requirement));
}

/** Said of labels, not of prefixes, names, nodes or reserved identities. */
export function isOfPods({ source }: Requirement): boolean {
  return source === 'k8s' || source === 'any';
}

function isOwnCluster({ key, operator, values }: Requirement, { clusterName }: UniverseFacts): boolean {
  return key === CLUSTER_KEY && operator === 'In' && values.every((value) => value === clusterName);
}

/** It asks for a label that is no part of any identity. */
function isFiltered({ key, operator }: Requirement, facts: UniverseFacts): boolean {
  return (operator === 'In' || operator === 'Exists') && !facts.isIdentityRelevant(key);
}

/** It names namespaces, and none of them can be there. */
function namesNoNamespace({ key, operator, values }: Requirement): boolean {
  return NAMESPACE_KEYS.has(key) && operator === 'In' && !values.some(isNamespaceName);
}

function deathOf(item: PeerItem, facts: UniverseFacts): DeadSelector | undefined {
  const { selectors } = item;
  if (selectors.length === 0 || selectors.some((selector) => canMatch(selector, facts))) return undefined;
  const unfiltered = { ...facts, isIdentityRelevant: () => true };
  if (selectors.some((selector) => canMatch(selector, unfiltered))) {
    return { item, reason: 'filtered-label', keys: namesIn(selectors, (one) => isFiltered(one, facts), keyOf) };
  }
  if (!selectors.some((selector) => canMatch(inAnyNamespace(selector), facts))) return undefined;
  return { item, reason: 'impossible-namespace', names: namesIn(selectors, namesNoNamespace, ({ values }) => values) };
}

/** Where that is not found out, too. */
function canMatch(selector: EndpointSelector, facts: UniverseFacts): boolean {
  return uncoveredReach([asPeer(selector)], [], facts, new Budget(STEPS)).kind !== 'covered';
}

function inAnyNamespace({ requirements, origin }: EndpointSelector): EndpointSelector {
  return endpointSelector(
    requirements.filter(({ key }) => !NAMESPACE_KEYS.has(key)),
    origin,
  );
}

function keyOf({ key }: Requirement): readonly string[] {
  return [key];
}

function namesIn(
  selectors: readonly EndpointSelector[],
  isMeant: (requirement: Requirement) => boolean,
  namesOf: (requirement: Requirement) => readonly string[],
): readonly string[] {
  const meant = selectors.flatMap(({ requirements }) => requirements.filter(isMeant));
  return [...new Set(meant.flatMap(namesOf))].sort();
}
