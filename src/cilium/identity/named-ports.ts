/**
 * The generated label that puts a pod's named ports into its identity (1.20).
 *
 * Mirrors NamedPortsIdentityLabels (pkg/k8s/labels.go), NamedPortMap.AddPort (pkg/types/portmap.go), pkg/iana/svcname.go and
 * pkg/u8proto. It stands outside the label filter: no entry of the filter can remove it.
 * Cost: O(n log n) in the named ports of a pod.
 */
import type { ContainerPort } from '../objects.ts';
import { compareBytes, type Label } from './label.ts';

export const NAMED_PORTS_KEY = 'io.cilium.k8s.named-ports';
export const GENERATED_SOURCE = 'gen';

const MAX_LABEL_VALUE = 63;

/** As Cilium prints them; `any`, `all` and `none` are no protocol of a port. */
const PROTOCOL_NAMES: ReadonlyMap<string, string> = new Map(
  ['ICMP', 'IGMP', 'IPIP', 'TCP', 'UDP', 'IPv6', 'GRE', 'ESP', 'AH', 'ICMPv6', 'VRRP', 'SCTP'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** `gen:io.cilium.k8s.named-ports=dns.UDP.53_http.TCP.80`, `...-1=...`: as many labels as the ports need, none without. */
export function namedPortsLabels(ports: readonly ContainerPort[]): readonly Label[] {
  const labels: Label[] = [];
  let value = '';
  for (const port of namedPorts(ports)) {
    if (value !== '' && value.length + 1 + port.length > MAX_LABEL_VALUE) {
      labels.push(namedPortsLabel(labels.length, value));
      value = '';
    }
    value = value === '' ? port : `${value}_${port}`;
  }
  if (value !== '') labels.push(namedPortsLabel(labels.length, value));
  return labels;
}

function namedPortsLabel(index: number, value: string): Label {
  const key = index === 0 ? NAMED_PORTS_KEY : `${NAMED_PORTS_KEY}-${index}`;
  return { source: GENERATED_SOURCE, key, value };
}

/** `http.TCP.80`, sorted by name. What Cilium would not take is left out; of one name the last port counts. */
function namedPorts(ports: readonly ContainerPort[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const { name, port, protocol } of ports) {
    const protocolName = protocol === '' ? 'TCP' : PROTOCOL_NAMES.get(protocol.toLowerCase());
    if (protocolName === undefined || !isServiceName(name) || !isPort(port)) continue;
    const lowered = name.toLowerCase();
    byName.set(lowered, `${lowered}.${protocolName}.${port}`);
  }
  return [...byName.keys()].sort(compareBytes).map((name) => byName.get(name) ?? '');
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** RFC 6335: at most 15 letters, digits and single inner dashes, at least one letter. */
function isServiceName(name: string): boolean {
  return name.length <= 15 && /^[a-zA-Z\d]+(-[a-zA-Z\d]+)*$/.test(name) && /[a-zA-Z]/.test(name);
}
