/**
 * Rows of the policy-map table: ports, protocols, redirects and what covers what.
 */
import { both, direction, hasLayer7, hasPort, isEverybody, isNamed, rule } from './policy-map-tests.ts';
import type { Row } from './row.ts';
import { hasPorts, layer7Of, list, portsOf, type SeenWorld } from './seen-world.ts';

export const PORT_ROWS: readonly Row<SeenWorld>[] = [
  { row: '12', says: 'protocol ANY', isReached: hasPort(({ protocol }) => protocol === 'ANY' || protocol === '') },
  { row: '12', says: 'a range of ports', isReached: hasPort(({ port, endPort }) => Number(endPort) > Number(port)) },
  {
    row: '12',
    says: 'endPort not above port',
    isReached: hasPort(({ port, endPort }) => Number(endPort) <= Number(port)),
  },
  {
    row: '12',
    says: 'a port rule without ports',
    isReached: rule(({ element }) => list(element['toPorts']).some(({ ports }) => list(ports).length === 0)),
  },
  {
    row: '13',
    says: 'port 0 with endPort',
    isReached: hasPort(({ port, endPort }) => port === '0' && Number(endPort) > 0),
  },
  { row: '14', says: 'ICMP', isReached: rule(({ element }) => 'icmps' in element) },
  {
    row: '14',
    says: 'ICMP type 0',
    isReached: rule(({ element }) => /"type":(0|"EchoReply")/.test(JSON.stringify(element['icmps'] ?? null))),
  },
  {
    row: '14',
    says: 'EchoRequest by name',
    isReached: rule(({ element }) => JSON.stringify(element['icmps'] ?? null).includes('EchoRequest')),
  },
  { row: '15', says: 'port name on ingress', isReached: hasPort(isNamed, 'ingress') },
  { row: '15', says: 'port name on egress', isReached: hasPort(isNamed, 'egress') },
  {
    row: '15',
    says: 'port name on egress to everybody',
    isReached: rule((one) => one.direction === 'egress' && isEverybody(one) && portsOf(one).some(isNamed)),
  },
  { row: '16', says: 'HTTP redirect', isReached: hasLayer7(({ http }) => list(http).length > 0) },
  { row: '16', says: 'DNS redirect', isReached: hasLayer7(({ dns }) => list(dns).length > 0) },
  { row: '16', says: 'http: []', isReached: hasLayer7(({ http }) => http !== undefined && list(http).length === 0) },
  {
    row: '16',
    says: 'a redirect for everybody beside a plain allow',
    isReached: both(
      rule((one) => isEverybody(one) && layer7Of(one).some(({ http }) => list(http).length > 0)),
      rule((one) => !one.deny && one.direction === 'ingress' && layer7Of(one).length === 0),
    ),
  },
  {
    row: '16',
    says: 'two parsers for one peer fail the identity',
    isReached: ({ answer }) => 'resolveError' in answer,
  },
  {
    row: '16',
    says: 'two parsers for two peers',
    isReached: both(
      hasLayer7(({ http }) => list(http).length > 0),
      hasLayer7(({ l7proto, kafka, dns }) => (l7proto ?? kafka ?? dns) !== undefined),
    ),
  },
  {
    row: '17',
    says: 'a wider key beside a narrower one in one direction',
    isReached: direction(
      (one) => !hasPorts(one) && !('icmps' in one.element),
      (one) => hasPorts(one),
    ),
  },
  {
    row: '18',
    says: 'deny beside allow',
    isReached: direction(
      (one) => one.deny,
      (one) => !one.deny,
    ),
  },
  {
    row: '18',
    says: 'CCNP deny, CNP allow',
    isReached: direction(
      (one) => one.deny && one.kind.includes('Clusterwide'),
      (one) => !one.deny && one.kind === 'CiliumNetworkPolicy',
    ),
  },
  {
    row: '18',
    says: 'CNP deny, CCNP allow',
    isReached: direction(
      (one) => one.deny && one.kind === 'CiliumNetworkPolicy',
      (one) => !one.deny && one.kind.includes('Clusterwide'),
    ),
  },
  {
    row: '18',
    says: 'deny, NetworkPolicy allow',
    isReached: direction(
      (one) => one.deny,
      (one) => one.kind === 'NetworkPolicy',
    ),
  },
];
