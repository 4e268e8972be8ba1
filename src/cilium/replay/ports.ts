/**
 * Whether a packet is one that a rule's toPorts or icmps name.
 *
 * Restates pkg/policy/api/l4.go: protocol ANY is TCP, UDP and SCTP, never ICMP; port 0 is every port of the protocol, with
 * an endPort too (that is what the datapath says in each version, wanted or not, unless a deny says it until 1.19); ICMP type 0 is every type.
 */
import type { ICMPFieldSpec, NetworkPolicyPortSpec, PortRuleSpec, PortSpec, TrafficRuleSpec } from '../policy-spec.ts';
import { allOf, anyOf, truthOf, type Truth } from './truth.ts';

export interface Packet {
  readonly protocol: number;
  readonly port: number;
}

const PROTOCOLS: ReadonlyMap<string, readonly number[]> = new Map([
  ['', [6, 17, 132]],
  ['ANY', [6, 17, 132]],
  ['TCP', [6]],
  ['UDP', [17]],
  ['SCTP', [132]],
  ['IGMP', [2]],
  ['IPIP', [4]],
  ['IPV6', [41]],
  ['GRE', [47]],
  ['ESP', [50]],
  ['AH', [51]],
  ['VRRP', [112]],
]);

/**
 * A rule without ports is about every packet; `toPorts: [{}]` is about none. `rangeFromZero`: what port 0 with an endPort says of
 * any port.
 */
export function portsMatch(rule: TrafficRuleSpec, packet: Packet, rangeFromZero: Truth): Truth {
  if (!namesPorts(rule)) return 'yes';
  const ports = (rule.toPorts ?? []).map((portRule) => portRuleMatches(portRule, packet, rangeFromZero));
  const icmps = (rule.icmps ?? []).flatMap(({ fields }) => fields.map((field) => icmpMatches(field, packet)));
  return anyOf([...ports, ...icmps]);
}

export function namesPorts(rule: TrafficRuleSpec): boolean {
  return (rule.toPorts ?? []).length > 0 || (rule.icmps ?? []).length > 0;
}

/** NetworkPolicy: no ports, or none listed, is every packet; an entry without a port is every port of its protocol. */
export function kubernetesPortsMatch(ports: readonly NetworkPolicyPortSpec[] | undefined, packet: Packet): Truth {
  if (ports === undefined || ports.length === 0) return 'yes';
  return anyOf(
    ports.map(({ protocol, port = 0, endPort }) =>
      portMatches(
        { protocol: protocol === '' ? 'TCP' : protocol, port: String(port), endPort: endPort ?? 0 },
        packet,
        'yes',
      ),
    ),
  );
}

function portRuleMatches(portRule: PortRuleSpec, packet: Packet, rangeFromZero: Truth): Truth {
  const listed = anyOf(portRule.ports.map((port) => portMatches(port, packet, rangeFromZero)));
  return allOf([listed, isPlain(portRule) ? 'yes' : 'maybe']);
}

/** Up to layer 4, HTTP and DNS rules allow the flow and leave the rest to the proxy. What others come to depends on the version. */
function isPlain({ rules, terminatingTLS, originatingTLS, serverNames, listener }: PortRuleSpec): boolean {
  const { kafka = [], l7 = [], l7proto = '' } = rules ?? {};
  const hasOtherL7Rules = kafka.length + l7.length > 0 || l7proto !== '';
  const isForProxy = [terminatingTLS, originatingTLS, listener].some((part) => part !== undefined);
  return !hasOtherL7Rules && !isForProxy && serverNames.length === 0;
}

function portMatches(spec: PortSpec, packet: Packet, rangeFromZero: Truth): Truth {
  const protocols = PROTOCOLS.get(spec.protocol.toUpperCase());
  if (protocols === undefined) return 'maybe';
  if (!protocols.includes(packet.protocol)) return 'no';
  const first = portNumber(spec.port);
  if (first === undefined) return 'maybe';
  if (first === 0) return spec.endPort === 0 ? 'yes' : rangeFromZero;
  const last = Math.max(first, spec.endPort);
  return truthOf(first <= packet.port && packet.port <= last);
}

/** undefined for a named port and for the rarer ways in which Go writes a number. */
function portNumber(text: string): number | undefined {
  if (text === '' || text === '0') return 0;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  // Go reads a number with a leading zero as octal.
  if (/^0[0-7]{1,6}$/.test(text)) return Number.parseInt(text, 8);
  return undefined;
}

function icmpMatches({ family, type }: ICMPFieldSpec, packet: Packet): Truth {
  if (packet.protocol !== (family === 'IPv6' ? 58 : 1)) return 'no';
  const number = typeof type === 'number' ? type : portNumber(type);
  if (number === undefined) return 'maybe';
  return truthOf(number === 0 || number === packet.port);
}
