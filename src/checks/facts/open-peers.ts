/**
 * Peers of a policy class of which it is open how many identities they are: DNS names that agents will learn, API servers,
 * groups of a cloud provider.
 *
 * Cost: O(rules of the class and their peers).
 */
import { labelArray, reservedLabel, type LabelArray } from '../../cilium/identity/label.ts';
import { isExternalGroup } from '../../cilium/policy/prefixes/cidr-groups.ts';
import { worldLabel } from '../../cilium/policy/prefixes/cidr.ts';
import { listedSelectors } from '../../cilium/policy/rule.ts';
import { isWildcard, matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { doubt, type Doubt } from './certainty.ts';

/** What is learned of names adds to what they cost while idle; so do those of other endpoints of a node, for who selects them. */
export function namesDoubts(view: ClusterView, { rules }: PolicyClass): readonly Doubt[] {
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

export function takesAPIServers(settings: Settings, { rules }: PolicyClass): boolean {
  const outside = identitiesOutside('reserved', 'kube-apiserver', settings);
  return rules
    .flatMap(({ peers }) => listedSelectors(peers))
    .some((selector) => !isWildcard(selector) && takesAny(outside, selector));
}

const HOST = labelArray([reservedLabel('host')]);
const SERVER_AS_HOST = labelArray([reservedLabel('host'), reservedLabel('kube-apiserver')]);

export function takesServerAsHost({ rules }: PolicyClass): boolean {
  return rules.some(({ peers }) => {
    const selectors = listedSelectors(peers);
    const takes = (labels: LabelArray): boolean => selectors.some((selector) => matches(selector, labels));
    return takes(SERVER_AS_HOST) && !takes(HOST);
  });
}

export function namesUnfilledGroups(view: ClusterView, { rules }: PolicyClass): boolean {
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
