/**
 * Rows of the policy-map table: ports, protocols, redirects and what covers what.
 */
import { hasLayer7, hasPort, isNamed, pair, rule } from './policy-map-tests.ts';
import type { Row } from './row.ts';
import { isEverybody, isOfAllPorts, shareAPeer, shareAPort } from './rule-overlap.ts';
import { hasPorts, json, layer7Of, list, portsOf, type LiveRule, type SeenWorld } from './seen-world.ts';

const PARSERS = ['http', 'dns', 'kafka', 'l7proto'];

function parsersOf(one: LiveRule): readonly string[] {
  const all = layer7Of(one).flatMap((rules) => PARSERS.filter((parser) => rules[parser] !== undefined));
  return all.filter((parser) => parser !== 'http' || redirectsHTTP(one));
}

function redirectsHTTP(one: LiveRule): boolean {
  return layer7Of(one).some(({ http }) => list(http).length > 0);
}

const isOf =
  (kind: string) =>
  ({ kind: written }: LiveRule): boolean =>
    written === kind;
const isClusterwide = isOf('CiliumClusterwideNetworkPolicy');
const isOfNamespace = isOf('CiliumNetworkPolicy');
const isOfKubernetes = isOf('NetworkPolicy');

/** A deny, and an allow of some of the same traffic. */
function contradicts(test: (deny: LiveRule, allow: LiveRule) => boolean): (seen: SeenWorld) => boolean {
  return pair(
    (one, other) => one.deny && !other.deny && shareAPeer(one, other) && shareAPort(one, other) && test(one, other),
  );
}

/** The name is one of a pod's ports. */
function isKnownName({ port }: ReturnType<typeof json>, { world }: SeenWorld): boolean {
  return list(world['identities']).some(({ namedPorts }) => String(port) in json(namedPorts));
}

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
  ...(['ingress', 'egress'] as const).flatMap((direction) => [
    {
      row: '15',
      says: `port name on ${direction} that a pod has`,
      isReached: rule(
        (one, seen) =>
          one.direction === direction && portsOf(one).some((port) => isNamed(port) && isKnownName(port, seen)),
      ),
    },
    {
      row: '15',
      says: `port name on ${direction} that no pod has`,
      isReached: rule(
        (one, seen) =>
          one.direction === direction && portsOf(one).some((port) => isNamed(port) && !isKnownName(port, seen)),
      ),
    },
  ]),
  {
    row: '15',
    says: 'port name on egress to everybody, which a pod has',
    isReached: rule(
      (one, seen) =>
        one.direction === 'egress' &&
        isEverybody(one) &&
        portsOf(one).some((port) => isNamed(port) && isKnownName(port, seen)),
    ),
  },
  { row: '16', says: 'HTTP redirect', isReached: hasLayer7(({ http }) => list(http).length > 0) },
  { row: '16', says: 'DNS redirect', isReached: hasLayer7(({ dns }) => list(dns).length > 0) },
  { row: '16', says: 'http: []', isReached: hasLayer7(({ http }) => http !== undefined && list(http).length === 0) },
  {
    row: '16',
    says: 'a redirect for everybody beside a plain allow',
    isReached: pair(
      (one, other) =>
        isEverybody(one) &&
        redirectsHTTP(one) &&
        !other.deny &&
        hasPorts(other) &&
        layer7Of(other).length === 0 &&
        shareAPort(one, other),
    ),
  },
  {
    row: '16',
    says: 'layer 7 on what is not exactly TCP is refused',
    isReached: ({ policies, answer }) =>
      list(answer['parseErrors']).some(({ index }) =>
        /"protocol":"(UDP|ANY)".{0,30}\}\],"rules":\{"http":\[\{/.test(JSON.stringify(policies[Number(index)])),
      ),
  },
  {
    row: '16',
    says: 'two parsers for one peer fail the identity',
    isReached: ({ answer }) => /conflicting L7 parsers/.test(String(answer['resolveError'])),
  },
  {
    row: '16',
    says: 'two parsers for two peers',
    isReached: (seen) =>
      !('resolveError' in seen.answer) &&
      pair(
        (one, other) =>
          parsersOf(one).some((parser) => parsersOf(other).some((another) => another !== parser)) &&
          shareAPort(one, other) &&
          !shareAPeer(one, other),
      )(seen),
  },
  ...[false, true].map((deny) => ({
    row: '17',
    says: `${deny ? 'a deny' : 'an allow'} of all ports of a peer beside one of some`,
    isReached: pair(
      (one, other) =>
        one.deny === deny && other.deny === deny && isOfAllPorts(one) && hasPorts(other) && shareAPeer(one, other),
    ),
  })),
  { row: '18', says: 'deny and allow of the same', isReached: contradicts(() => true) },
  {
    row: '18',
    says: 'CCNP deny, CNP allow',
    isReached: contradicts((deny, allow) => isClusterwide(deny) && isOfNamespace(allow)),
  },
  {
    row: '18',
    says: 'CNP deny, CCNP allow',
    isReached: contradicts((deny, allow) => isOfNamespace(deny) && isClusterwide(allow)),
  },
  { row: '18', says: 'deny, NetworkPolicy allow', isReached: contradicts((_, allow) => isOfKubernetes(allow)) },
];
