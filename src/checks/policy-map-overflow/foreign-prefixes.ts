/**
 * Node-local identities that are there only because namespaced policies of other tenants name their prefixes.
 *
 * Every agent gives every prefix of every policy an identity (pkg/policy/cell/policy_importer.go), and it enters each map with
 * a selector around it. A tenant is not held responsible for those that it did not name.
 * A member of a CIDR group inherits the label of a prefix around it, and is taken for that prefix.
 * Cost: O(policies + prefixes of the tenant and of clusterwide policies + node-local identities), with pauses between.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { cidrLabelKey, parsePrefix } from '../../cilium/policy/prefixes/cidr.ts';
import { prefixesOf } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { OwnNamespaces } from '../facts/own-namespaces.ts';

export type Identities = ReadonlySet<NumericIdentity>;

const STEPS_PER_PAUSE = 1024;

export function* foreignPrefixes(isOwned: OwnNamespaces, view: ClusterView): Generator<Pause, Identities> {
  const named = yield* namedKeys(isOwned, view);
  const foreign = new Set<NumericIdentity>();
  let steps = 0;
  for (const identity of view.nodeIdentities()) {
    if (++steps % STEPS_PER_PAUSE === 0) yield PAUSE;
    const prefix = view.labelsOf(identity)?.find(({ source }) => source === 'cidr');
    if (prefix !== undefined && !named.has(prefix.key)) foreign.add(identity);
  }
  return foreign;
}

/** Keys of the labels of the prefixes that the tenant or a clusterwide policy names. */
function* namedKeys(isOwned: OwnNamespaces, view: ClusterView): Generator<Pause, ReadonlySet<string>> {
  const keys = new Set<string>();
  let steps = 0;
  for (const policy of view.policies()) {
    if (++steps % STEPS_PER_PAUSE === 0) yield PAUSE;
    const { namespace } = policy.object;
    if (namespace !== undefined && !isOwned(namespace)) continue;
    for (const text of prefixesOf(policy)) {
      if (++steps % STEPS_PER_PAUSE === 0) yield PAUSE;
      const prefix = parsePrefix(text);
      if (prefix !== undefined) keys.add(cidrLabelKey(prefix));
    }
  }
  return keys;
}
