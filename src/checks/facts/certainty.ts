/**
 * How sure the numbers of a finding are. Only `exact` and `lower-bound` can deny (src/review/decision.ts).
 */
import { mayBeUndecided } from '../../cilium/policy/authenticated-filters.ts';
import { labelArray, reservedLabel, type LabelArray } from '../../cilium/identity/label.ts';
import { isExternalGroup } from '../../cilium/policy/prefixes/cidr-groups.ts';
import { worldLabel } from '../../cilium/policy/prefixes/cidr.ts';
import { matchesNodes } from '../../cilium/policy/prefixes/in-cluster.ts';
import { listedSelectors, redirectsIn, unmapped } from '../../cilium/policy/rule.ts';
import { hingesOnSecrets } from '../../cilium/policy/secrets.ts';
import { isLeftToChance } from '../../cilium/policy/selector-cache.ts';
import { isWildcard, matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';

/** Of counts of identities, and of which identity a pod has. */
export function identityCertainty(settings: Settings): Certainty {
  return identityDoubts(settings)[0]?.certainty ?? 'exact';
}

/** One at most. */
function identityDoubts({ unknown, profile, config }: Settings): readonly Doubt[] {
  if (unknown !== undefined) return doubt('unknown', true, unknown);
  // Each pod has the labels of the prefixes around its address (computeCIDRLabelsRLocked, pkg/endpoint), and of no prefix one, too.
  const isByAddress = config.cidrMatchMode.includes('pods');
  if (isByAddress) return doubt('unknown', true, 'prefixes select pods, whose identities depend on their addresses');
  if (profile.upperBound.identity) return doubt('upper-bound', true, BETWEEN_PATCHES);
  const { identityAllocationMode: mode } = config;
  const isElsewhere = mode === 'kvstore' || mode === 'doublewrite-readkvstore';
  return doubt(
    'lower-bound',
    isElsewhere,
    'agents read identities from a kvstore, and those without an endpoint or an object are not seen',
  );
}

/** Of what a rule does to a flow. */
export function verdictCertainty({ unknown }: Settings): Certainty {
  return unknown !== undefined ? 'unknown' : 'exact';
}

/** Why a number is not exact. */
export interface Doubt {
  readonly certainty: Exclude<Certainty, 'exact'>;
  /** Goes on from "because". */
  readonly reason: string;
}

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

const BETWEEN_PATCHES = 'this patch of Cilium lies between two that differ, and the larger number is taken';

function doubt(certainty: Doubt['certainty'], holds: boolean, reason: string): readonly Doubt[] {
  return holds ? [{ certainty, reason }] : [];
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

/** What is learned of names adds to what they cost while idle; so do those of other endpoints of a node, for who selects them. */
function namesDoubts(view: ClusterView, { rules }: PolicyClass): readonly Doubt[] {
  const selectors = rules.flatMap(({ peers }) => listedSelectors(peers)).filter((selector) => !isWildcard(selector));
  if (selectors.some(excludesName)) {
    return doubt('estimate', true, 'its rules leave DNS names out: each that agents learn takes entries away');
  }
  if (selectors.some(isOfName)) return doubt('lower-bound', true, 'what agents learn of its DNS names adds entries');
  // Of a name that no selector asks for.
  const named = identitiesOutside('fqdn', '', view.settings);
  const takesNames = selectors.some((selector) => takesAny(named, selector));
  return doubt(
    'lower-bound',
    takesNames && view.asksForDNSNames(),
    'DNS names that other policies ask for may be among its peers: what agents learn of these adds entries',
  );
}

function takesAPIServers(settings: Settings, { rules }: PolicyClass): boolean {
  const outside = identitiesOutside('reserved', 'kube-apiserver', settings);
  return rules
    .flatMap(({ peers }) => listedSelectors(peers))
    .some((selector) => !isWildcard(selector) && takesAny(outside, selector));
}

const HOST = labelArray([reservedLabel('host')]);
const SERVER_AS_HOST = labelArray([reservedLabel('host'), reservedLabel('kube-apiserver')]);

function takesServerAsHost({ rules }: PolicyClass): boolean {
  return rules.some(({ peers }) => {
    const selectors = listedSelectors(peers);
    const takes = (labels: LabelArray): boolean => selectors.some((selector) => matches(selector, labels));
    return takes(SERVER_AS_HOST) && !takes(HOST);
  });
}

function namesUnfilledGroups(view: ClusterView, { rules }: PolicyClass): boolean {
  const ofGroups = rules
    .flatMap(({ peers }) => listedSelectors(peers))
    .filter(({ requirements }) => requirements.some(isExternalGroup));
  return ofGroups.some((selector) => view.selections(selector).length === 0);
}

/** Or one of them with the label of a prefix around it. */
function takesAny(outside: readonly LabelArray[], selector: EndpointSelector): boolean {
  return isOfPrefix(selector) || outside.some((labels) => matches(selector, labels));
}

/** An address in it that gets labels of its own is an identity more; where it is one address, that is the same identity. */
function isOfPrefix({ requirements }: EndpointSelector): boolean {
  return requirements.some(({ source, operator, key }) => {
    if (operator !== 'Exists' && operator !== 'In') return false;
    return source === 'cidrgroup' || (source === 'cidr' && !key.endsWith(key.includes('-') ? '/128' : '/32'));
  });
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

/** Of the world, with a label more. */
function identitiesOutside(source: string, key: string, settings: Settings): readonly LabelArray[] {
  return ([4, 6] as const).map((family) => labelArray([{ source, key, value: '' }, worldLabel(family, settings)]));
}
