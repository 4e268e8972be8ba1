/**
 * Rows of the policy-map table: prefixes, CIDR groups, names and services.
 */
import { both, direction, hasOverlappingNames, hasPrefix, peer, rule, sharesMember } from './policy-map-tests.ts';
import type { Row } from './row.ts';
import { hasPorts, isEmptySelector, json, list, onlyExcludes, peersOf, texts, type SeenWorld } from './seen-world.ts';

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
    isReached: (seen) => seen.rules.length > 0 && sharesMember(seen),
  },
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
    says: 'toServices with ports',
    isReached: rule((one) => !one.deny && 'toServices' in one.element && hasPorts(one)),
  },
  {
    row: '23',
    says: 'denied toServices with ports',
    isReached: rule((one) => one.deny && 'toServices' in one.element),
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
    isReached: direction(
      (one) => one.deny && (peersOf(one, 'Entities') ?? peersOf(one, 'CIDR') ?? []).length > 0,
      (one) => 'toFQDNs' in one.element,
    ),
  },
  {
    row: '24',
    says: 'a deny of a whole family over an allow of pods',
    isReached: direction(
      (one) => one.deny && texts(peersOf(one, 'CIDR')).includes('0.0.0.0/0'),
      (one) => !one.deny && 'toEndpoints' in one.element,
    ),
  },
];
