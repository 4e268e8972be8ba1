/**
 * Rows of the policy-map table: prefixes, CIDR groups, names and services.
 */
import {
  both,
  hasOverlappingNames,
  hasPrefix,
  inheritsGroup,
  pair,
  peer,
  rule,
  sharesMember,
} from './policy-map-tests.ts';
import type { Json } from '../generate/json.ts';
import type { Row } from './row.ts';
import {
  hasPorts,
  isEmptySelector,
  json,
  list,
  onlyExcludes,
  peersOf,
  texts,
  type LiveRule,
  type SeenWorld,
} from './seen-world.ts';

const hasGroupPeer = peer('CIDRSet', (each) => 'cidrGroupRef' in each || 'cidrGroupSelector' in each);

/** No Service stands for what the rule names. */
function isUnresolved(one: LiveRule, { policies }: SeenWorld): boolean {
  const references = list(one.element['toServices']);
  const hasSlices = policies.some(({ kind }) => kind === 'EndpointSlice');
  return references.length > 0 && (!hasSlices || references.every(isOfNoService));
}

function isOfNoService({ k8sService }: Json): boolean {
  return json(k8sService)['serviceName'] === 'nope';
}

/** The world, or a prefix around addresses that are learned for names. */
function isAroundNames(one: LiveRule): boolean {
  const prefixes = [...texts(peersOf(one, 'CIDR')), ...(peersOf(one, 'CIDRSet') ?? []).map(({ cidr }) => String(cidr))];
  return (
    texts(peersOf(one, 'Entities')).some((entity) => entity === 'world' || entity === 'all') ||
    prefixes.some((prefix) => /^(0\.0\.0\.0\/0|1\.2\.0\.0\/16|10\.0\.0\.0\/8|10\.1\..*\/(16|24))$/.test(prefix))
  );
}

export const PREFIX_ROWS: readonly Row<SeenWorld>[] = [
  { row: '20', says: 'a prefix', isReached: hasPrefix((prefix) => !prefix.endsWith('/0')) },
  { row: '20', says: 'a prefix of length 0', isReached: hasPrefix((prefix) => prefix.endsWith('/0')) },
  {
    row: '20',
    says: 'an IPv6 prefix',
    isReached: hasPrefix((prefix) => prefix.includes(':') && !prefix.endsWith('/0')),
  },
  {
    row: '20',
    says: 'excepts',
    isReached: peer('CIDRSet', ({ cidr, except }) => cidr !== undefined && list(except).length > 0),
  },
  {
    row: '20',
    says: 'prefixes inside each other',
    isReached: both(
      hasPrefix((prefix) => prefix === '10.0.0.0/8'),
      hasPrefix((prefix) => prefix.startsWith('10.1.')),
    ),
  },
  {
    row: '20b',
    says: 'both prefixes of length 0 in one list, dual stack',
    isReached: both(
      ({ options }) => options['ipv6'] === true,
      rule((one) => ['0.0.0.0/0', '::/0'].every((prefix) => texts(peersOf(one, 'CIDR')).includes(prefix))),
    ),
  },
  {
    row: '21',
    says: 'a CIDR group by name',
    isReached: peer('CIDRSet', ({ cidrGroupRef }) => cidrGroupRef !== undefined),
  },
  {
    row: '21',
    says: 'two groups of one prefix',
    isReached: both(hasGroupPeer, sharesMember),
  },
  { row: '21', says: 'a prefix that inherits from a group around it', isReached: both(hasGroupPeer, inheritsGroup) },
  {
    row: '21b',
    says: 'cidrGroupSelector {}',
    isReached: peer(
      'CIDRSet',
      ({ cidrGroupSelector }) => cidrGroupSelector !== undefined && isEmptySelector(cidrGroupSelector),
    ),
  },
  {
    row: '21b',
    says: 'cidrGroupSelector that excludes',
    isReached: peer('CIDRSet', ({ cidrGroupSelector }) => onlyExcludes(cidrGroupSelector)),
  },
  {
    row: '21b',
    says: 'cidrGroupSelector that asks for a label',
    isReached: peer('CIDRSet', ({ cidrGroupSelector }) => 'matchLabels' in json(cidrGroupSelector)),
  },
  {
    row: '22',
    says: 'idle names',
    isReached: both(
      peer('FQDNs', () => true),
      ({ world }) => !('dns' in world),
    ),
  },
  {
    row: '22',
    says: 'learned names',
    isReached: both(
      peer('FQDNs', () => true),
      ({ world }) => 'dns' in world,
    ),
  },
  { row: '22', says: 'an address of two selectors', isReached: hasOverlappingNames },
  {
    row: '22',
    says: 'names without an identity ahead',
    isReached: both(
      peer('FQDNs', () => true),
      ({ options }) => options['noFQDNPrealloc'] === true,
    ),
  },
  {
    row: '23',
    says: 'toServices that do not resolve, with ports',
    isReached: rule((one, seen) => !one.deny && isUnresolved(one, seen) && hasPorts(one)),
  },
  {
    row: '23',
    says: 'denied toServices that do not resolve, with ports',
    isReached: rule((one, seen) => one.deny && isUnresolved(one, seen) && hasPorts(one)),
  },
  {
    row: '23',
    says: 'toFQDNs: [] with ports',
    isReached: rule((one) => peersOf(one, 'FQDNs')?.length === 0 && hasPorts(one)),
  },
  { row: '23', says: 'fromEndpoints: []', isReached: rule((one) => peersOf(one, 'Endpoints')?.length === 0) },
  {
    row: '24',
    says: 'names under a deny of the world or of a prefix around them',
    isReached: pair((one, other) => one.deny && isAroundNames(one) && 'toFQDNs' in other.element),
  },
  {
    row: '24',
    says: 'a deny of a whole family over an allow of pods',
    isReached: pair(
      (one, other) =>
        one.deny &&
        texts(peersOf(one, 'CIDR')).some((prefix) => prefix.endsWith('/0')) &&
        !other.deny &&
        (peersOf(other, 'Endpoints') ?? []).length > 0,
    ),
  },
];
