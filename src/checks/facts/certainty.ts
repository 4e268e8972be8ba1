/**
 * How sure the numbers of a finding are. Only `exact` and `lower-bound` can deny (src/review/decision.ts).
 */
import { mayBeUndecided } from '../../cilium/policy/authenticated-filters.ts';
import { labelArray, type LabelArray } from '../../cilium/identity/label.ts';
import { worldLabel } from '../../cilium/policy/cidr.ts';
import { matchesNodes } from '../../cilium/policy/in-cluster.ts';
import { listedSelectors, rulesOf, unmapped, type NamedPort, type PortRange } from '../../cilium/policy/rule.ts';
import { isWildcard, matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';

/** Of counts of identities, and of which identity a pod has. */
export function identityCertainty({ unknown, profile, config }: Settings): Certainty {
  if (unknown !== undefined) return 'unknown';
  if (profile.upperBound.identity) return 'upper-bound';
  // Without CiliumIdentity objects those that wait for collection are not seen.
  return config.identityAllocationMode === 'kvstore' ? 'lower-bound' : 'exact';
}

/** Of what a rule does to a flow. */
export function verdictCertainty({ unknown }: Settings): Certainty {
  return unknown !== undefined ? 'unknown' : 'exact';
}

/** Of the number of entries of a policy map. */
export function entriesCertainty(view: ClusterView, policyClass: PolicyClass): Certainty {
  const { settings } = view;
  if (hasUnmodelled(policyClass)) return 'unknown';
  return weakest([
    policyClass.uncounted === undefined ? 'exact' : 'lower-bound',
    identityCertainty(settings),
    settings.profile.upperBound.policy ? 'upper-bound' : 'exact',
    // As a node sees it that is none of those that are known, which is no fewer identities than any of these sees.
    policyClass.rules.length > 0 && tellsNodesApart(settings) ? 'upper-bound' : 'exact',
    // Without a proxy that listens there is no entry, and what it would take the place of is there.
    hasListener(policyClass) ? 'estimate' : 'exact',
    namesCertainty(view, policyClass),
    // The order of a Go map may leave more of them.
    isUndecided(settings, policyClass) ? 'lower-bound' : 'exact',
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

function tellsNodesApart({ config }: Settings): boolean {
  return config.nodeSelectorLabels || matchesNodes(config);
}

function isUndecided({ profile }: Settings, { policy }: PolicyClass): boolean {
  const directions = [policy.ingress, policy.egress];
  return directions.some(({ filters }) => mayBeUndecided(filters, profile.aggregateIdentities));
}

function hasListener({ rules }: PolicyClass): boolean {
  return rules.some(({ ports }) => ports.kind === 'list' && [...ports.items, ...(ports.names ?? [])].some(listens));
}

function listens({ redirect }: PortRange | NamedPort): boolean {
  return redirect?.listener !== undefined;
}

/** What is learned of names adds to what they cost while idle; so do those of other endpoints of a node, for who selects them. */
function namesCertainty(view: ClusterView, { rules }: PolicyClass): Certainty {
  const selectors = rules.flatMap(({ peers }) => listedSelectors(peers)).filter((selector) => !isWildcard(selector));
  if (selectors.some(excludesName)) return 'estimate';
  if (selectors.some(isOfName)) return 'lower-bound';
  const named = namedIdentities(view.settings);
  const takesNames = selectors.some((selector) => named.some((labels) => matches(selector, labels)));
  return takesNames && isAnyNameAskedFor(view) ? 'lower-bound' : 'exact';
}

function isOfName({ requirements }: EndpointSelector): boolean {
  return requirements.some(({ source }) => source === 'fqdn');
}

/** The more names are known, the less it selects. */
function excludesName({ requirements }: EndpointSelector): boolean {
  return requirements.some(({ source, operator }) => {
    return source === 'fqdn' && (operator === 'DoesNotExist' || operator === 'NotIn');
  });
}

/** Of a name that no selector asks for. */
function namedIdentities(settings: Settings): readonly LabelArray[] {
  return ([4, 6] as const).map((family) =>
    labelArray([{ source: 'fqdn', key: '', value: '' }, worldLabel(family, settings)]),
  );
}

function isAnyNameAskedFor(view: ClusterView): boolean {
  for (const policy of view.policies()) {
    for (const { peers } of rulesOf(policy))
      if (listedSelectors(peers).some(({ origin }) => origin === 'fqdn')) return true;
  }
  return false;
}
