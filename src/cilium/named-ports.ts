/**
 * The ports of a pod that have names, as an agent keeps them: of one name, whatever its protocol, the last port counts.
 *
 * Mirrors NamedPortMap.AddPort (pkg/types/portmap.go), pkg/iana/svcname.go and pkg/u8proto. Containers alone count, in order;
 * init and ephemeral containers do not (GetPodMetadata, pkg/k8s/labels.go).
 */
import type { ContainerPort } from './objects.ts';

/** The number of a protocol, and a port. */
export interface PortProto {
  readonly protocol: number;
  readonly port: number;
}

/** By name, in lower case. */
export type NamedPortMap = ReadonlyMap<string, PortProto>;

export const NO_PORTS: NamedPortMap = new Map();

const DEFAULT_PROTOCOL = 'TCP';

/** As Cilium prints them; `any`, `all` and `none` are no protocol of a port. */
const PROTOCOLS: readonly (readonly [name: string, number: number])[] = [
  ['ICMP', 1],
  ['IGMP', 2],
  ['IPIP', 4],
  ['TCP', 6],
  ['UDP', 17],
  ['IPv6', 41],
  ['GRE', 47],
  ['ESP', 50],
  ['AH', 51],
  ['ICMPv6', 58],
  ['VRRP', 112],
  ['SCTP', 132],
];

const NUMBERS: ReadonlyMap<string, number> = new Map(PROTOCOLS.map(([name, number]) => [name.toLowerCase(), number]));
const NAMES: ReadonlyMap<number, string> = new Map(PROTOCOLS.map(([name, number]) => [number, name]));

/** What Cilium would not take is left out. */
export function namedPorts(ports: readonly ContainerPort[]): NamedPortMap {
  if (ports.length === 0) return NO_PORTS;
  const byName = new Map<string, PortProto>();
  for (const { name, port, protocol } of ports) {
    const number = NUMBERS.get((protocol || DEFAULT_PROTOCOL).toLowerCase());
    if (number !== undefined && isServiceName(name) && isPort(port)) {
      byName.set(name.toLowerCase(), { protocol: number, port });
    }
  }
  return byName.size === 0 ? NO_PORTS : byName;
}

export function portNamed(ports: NamedPortMap, name: string, protocol: number): number | undefined {
  const found = ports.get(name);
  return found?.protocol === protocol ? found.port : undefined;
}

export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? String(protocol);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** RFC 6335: at most 15 letters, digits and single inner dashes, at least one letter. */
function isServiceName(name: string): boolean {
  return name.length <= 15 && /^[a-zA-Z\d]+(-[a-zA-Z\d]+)*$/.test(name) && /[a-zA-Z]/.test(name);
}
