/**
 * How sure the numbers of a finding are. Only `exact` and `lower-bound` can deny (src/review/decision.ts).
 */
import { listedSelectors, unmapped, type NamedPort, type PortRange } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Certainty } from '../../cluster/view.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';

/** Of counts of identities, and of which identity a pod has. */
export function identityCertainty({ unknown, profile, config }: Settings): Certainty {
  if (unknown !== undefined) return 'unknown';
  if (profile.upperBound.identity) return 'upper-bound';
  // Without CiliumIdentity objects those that wait for collection are not seen.
  return config.identityAllocationMode === 'kvstore' ? 'lower-bound' : 'exact';
}

/** Of what a rule does to a flow. */
export function verdictCertainty({ unknown, config }: Settings): Certainty {
  // A ClusterNetworkPolicy of the Admin tier overrides a clusterwide deny.
  return unknown !== undefined || config.policyKinds.has('ClusterNetworkPolicy') ? 'unknown' : 'exact';
}

/** Of the number of entries of a policy map. */
export function entriesCertainty(settings: Settings, policyClass: PolicyClass): Certainty {
  if (hasUnmodelled(policyClass)) return 'unknown';
  return weakest([
    policyClass.uncounted === undefined ? 'exact' : 'lower-bound',
    identityCertainty(settings),
    settings.profile.upperBound.policy ? 'upper-bound' : 'exact',
    // Without a proxy that listens there is no entry, and what it would take the place of is there.
    hasListener(policyClass) ? 'estimate' : 'exact',
    // Each learned name adds to what the selector costs while idle.
    hasFQDNPeer(policyClass) ? 'lower-bound' : 'exact',
  ]);
}

/** A class that is not counted has no policy: its rules are asked. */
function hasUnmodelled({ rules, uncounted, unsupported }: PolicyClass): boolean {
  return (uncounted === undefined ? unsupported : rules.flatMap((rule) => unmapped(rule.unsupported))).length > 0;
}

/** What is left when numbers of these certainties are put together. */
function weakest(certainties: readonly Certainty[]): Certainty {
  const kinds = new Set(certainties);
  if (kinds.has('unknown')) return 'unknown';
  if (kinds.has('estimate') || (kinds.has('lower-bound') && kinds.has('upper-bound'))) return 'estimate';
  if (kinds.has('upper-bound')) return 'upper-bound';
  return kinds.has('lower-bound') ? 'lower-bound' : 'exact';
}

function hasListener({ rules }: PolicyClass): boolean {
  return rules.some(({ ports }) => ports.kind === 'list' && [...ports.items, ...(ports.names ?? [])].some(listens));
}

function listens({ redirect }: PortRange | NamedPort): boolean {
  return redirect?.listener !== undefined;
}

function hasFQDNPeer({ rules }: PolicyClass): boolean {
  return rules.some(({ peers }) => listedSelectors(peers).some(isFQDN));
}

function isFQDN({ requirements }: EndpointSelector): boolean {
  return requirements.some(({ source }) => source === 'fqdn');
}
