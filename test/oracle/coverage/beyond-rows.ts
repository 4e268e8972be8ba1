/**
 * Rows of the policy-map table: what that table lists as not verified.
 */
import { both, option, rule, writes } from './policy-map-tests.ts';
import type { Row } from './row.ts';
import type { SeenWorld } from './seen-world.ts';

export const BEYOND_ROWS: readonly Row<SeenWorld>[] = [
  {
    row: '-',
    says: 'extended protocols',
    isReached: writes(/"protocol":"(GRE|VRRP|IGMP|ESP|AH|IPIP|IPv6)"/),
  },
  { row: '-', says: 'authentication', isReached: rule(({ element }) => 'authentication' in element) },
  { row: '-', says: 'subject of a nodeSelector', isReached: writes(/"nodeSelector"/) },
  { row: '-', says: 'fromNodes, toNodes', isReached: writes(/"(from|to)Nodes"/) },
  { row: '-', says: 'host firewall', isReached: option('hostFirewall') },
  {
    row: '-',
    says: 'policy-cidr-match-mode',
    isReached: both(option('cidrMatchMode'), ({ world }) => 'nodes' in world),
  },
  { row: '-', says: 'well-known identities', isReached: option('wellKnown') },
  {
    row: '-',
    says: 'server names',
    isReached: rule(({ element }) => JSON.stringify(element).includes('"serverNames"')),
  },
  { row: '-', says: 'TLS', isReached: writes(/"(terminating|originating)TLS"/) },
  { row: '-', says: 'listener', isReached: writes(/"listener"/) },
  {
    row: '-',
    says: 'toServices that resolve',
    isReached: both(
      writes(/"kind":"EndpointSlice"/),
      rule(({ element }) => 'toServices' in element),
    ),
  },
];
