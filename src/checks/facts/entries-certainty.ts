/**
 * How sure the number of entries of a policy map is, and why it is no surer.
 *
 * Cost: O(rules of the class and their peers).
 */
import { mayBeUndecided } from '../../cilium/policy/authenticated-filters.ts';
import { matchesNodes } from '../../cilium/policy/prefixes/in-cluster.ts';
import { redirectsIn, unmapped } from '../../cilium/policy/rule.ts';
import { hingesOnSecrets } from '../../cilium/policy/secrets.ts';
import { isLeftToChance } from '../../cilium/policy/selector-cache.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import { BETWEEN_PATCHES, doubt, identityDoubts, type Doubt } from './certainty.ts';
import { namesDoubts, namesUnfilledGroups, takesAPIServers, takesServerAsHost } from './open-peers.ts';

/** Of the number of entries of a policy map. */
export function entriesCertainty(view: ClusterView, policyClass: PolicyClass): Certainty {
  return weakest(doubtsAbout(view, policyClass).map(({ certainty }) => certainty));
}

export function doubtsAbout(view: ClusterView, policyClass: PolicyClass): readonly Doubt[] {
  const { settings } = view;
  const { rules, policy } = policyClass;
  const redirects = redirectsIn(rules.filter(({ direction }) => policy[direction].enforced));
  return [
    ...doubt('unknown', hasUnmodelled(policyClass), 'its rules have parts that the model does not cover'),
    ...doubt('lower-bound', policyClass.uncounted !== undefined, 'its rules ask for more than anybody counts'),
    ...identityDoubts(settings),
    ...doubt('upper-bound', settings.profile.upperBound.policy, BETWEEN_PATCHES),
    // As a node sees it that is none of those that are known, which is no fewer identities than any of these sees.
    ...doubt(
      'upper-bound',
      view.ownNode === undefined && policyClass.rules.length > 0 && tellsNodesApart(settings),
      'nodes are told apart as peers, and a node is none of its own',
    ),
    ...doubt(
      'estimate',
      redirects.some(({ listener }) => listener !== undefined),
      'without a proxy that listens a rule with a listener has no entries, and what they would take the place of is there',
    ),
    ...doubt(
      'estimate',
      hingesOnSecrets(redirects, settings),
      'agents read the secrets of its TLS contexts, and where one is missing, endpoints keep the map that they had',
    ),
    ...namesDoubts(view, policyClass),
    ...doubt(
      'lower-bound',
      !view.knowsAPIServers() && takesAPIServers(settings, policyClass),
      'API servers that are no nodes may be among its peers and add entries: no EndpointSlice or Endpoints say where they are',
    ),
    ...doubt(
      'lower-bound',
      view.ownNode === undefined && takesServerAsHost(policyClass) && view.hasServersOnNodes(),
      'on the node of an API server the host is one, too, and adds entries',
    ),
    ...doubt(
      'estimate',
      isLeftToChance(rules, policy.egress.filters, settings),
      'a selector of CIDR groups is written as one of labels: what both select is left to chance',
    ),
    ...doubt(
      'lower-bound',
      namesUnfilledGroups(view, policyClass),
      'the addresses of its groups add entries once the operator has asked the cloud provider for them',
    ),
    ...doubt(
      'lower-bound',
      settings.profile.aggregateIdentities && rules.some(({ log }) => log !== undefined),
      'where its rules are logged in several ways, it is left to chance whether more entries stay',
    ),
    ...doubt(
      'lower-bound',
      isUndecided(settings, policyClass),
      'with authentication it is left to chance whether more entries stay',
    ),
  ];
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
