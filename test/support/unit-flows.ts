/**
 * Random flows inside a unit of an allow: of pods that there may never be, reserved identities and addresses, on ports of the unit.
 *
 * Invariant: the unit's own selectors take both ends, by the labels that these have.
 */
import { labelArray, type LabelArray } from '../../src/cilium/identity/label.ts';
import { cidrLabelKey, formatPrefix, prefixOfLabelKey, worldLabel } from '../../src/cilium/policy/prefixes/cidr.ts';
import { ANY_PROTOCOL, ICMP, SCTP, TCP, UDP } from '../../src/cilium/policy/rule.ts';
import { isWildcard, matches, type EndpointSelector, type Requirement } from '../../src/cilium/policy/selector.ts';
import type { ReplayFlow, ReplayPeer } from '../../src/cilium/replay/flow.ts';
import type { Unit } from '../../src/checks/deny-contradiction/units.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { below, pick, type Random } from './hostile-random.ts';

const TRIES = 20;

/** undefined: none was found in a few tries. */
export function flowInside(unit: Unit, view: ClusterView, random: Random): ReplayFlow | undefined {
  for (let left = TRIES; left > 0; left -= 1) {
    const subject = podInside(unit.rule.subject, random);
    const peer = peerInside(pick(unit.selectors, random), view, random);
    const isReached = matches(unit.rule.subject, subject) || isWildcard(unit.rule.subject);
    if (isReached && peer !== undefined)
      return { direction: unit.rule.direction, subject, peer, ...packetInside(unit, random) };
  }
  return undefined;
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_NAME = 'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name';

/** As the selector asks, where it asks for something; it may contradict itself. */
export function podInside({ requirements }: EndpointSelector, random: Random): LabelArray {
  const labels = new Map<string, string>([
    ['app', pick(['web', 'db', 'job', `new-${below(1000, random)}`], random)],
    [NAMESPACE, pick(['alpha', 'beta', 'gamma', `later-${below(1000, random)}`], random)],
    ['io.cilium.k8s.policy.cluster', 'default'],
    ['io.cilium.k8s.policy.serviceaccount', pick(['default', 'builder'], random)],
  ]);
  if (random() < 0.5) labels.set('tier', pick(['front', 'back', 'middle'], random));
  if (random() < 0.3) labels.set(`key-${below(100, random)}`, 'x');
  for (const requirement of requirements) bend(labels, requirement, random);
  labels.set(NAMESPACE_NAME, labels.get(NAMESPACE) ?? '');
  return labelArray([...labels].map(([key, value]) => ({ source: 'k8s', key, value })));
}

function bend(labels: Map<string, string>, { key, operator, values }: Requirement, random: Random): void {
  const name = key === NAMESPACE_NAME ? NAMESPACE : key;
  const value = labels.get(name);
  if (operator === 'DoesNotExist') labels.delete(name);
  if (operator === 'Exists' && value === undefined) labels.set(name, 'there');
  if (operator === 'In') labels.set(name, pick(values, random));
  if (operator === 'NotIn' && value !== undefined && values.includes(value)) labels.set(name, 'another');
}

function peerInside(selector: EndpointSelector, view: ClusterView, random: Random): ReplayPeer | undefined {
  const kinds = [reservedInside, addressInside, podPeerInside, podPeerInside];
  const kind = pick(kinds, random);
  return kind(selector, view, random);
}

function podPeerInside(selector: EndpointSelector, _: ClusterView, random: Random): ReplayPeer | undefined {
  const labels = podInside(selector, random);
  return takes(selector, labels) ? { kind: 'endpoint', labels } : undefined;
}

const LAST_RESERVED = 10;

function reservedInside(selector: EndpointSelector, view: ClusterView, random: Random): ReplayPeer | undefined {
  const reserved = [...view.nodeIdentities()].filter((id) => id <= LAST_RESERVED);
  const labels = view.labelsOf(pick(reserved, random)) ?? [];
  const isOfWorld = labels.some(({ key }) => key.startsWith('world'));
  return !isOfWorld && takes(selector, labels) ? { kind: 'endpoint', labels } : undefined;
}

function addressInside(selector: EndpointSelector, view: ClusterView, random: Random): ReplayPeer | undefined {
  const named = selector.requirements.filter(({ source, operator }) => source === 'cidr' && operator === 'Exists');
  const around = named.map(({ key }) => prefixOfLabelKey(key)).find((prefix) => prefix !== undefined);
  const prefix = around ?? prefixOfLabelKey('0.0.0.0/0');
  if (prefix === undefined) return undefined;
  const bytes = prefix.bytes.map((byte, index) => {
    const fixed = Math.max(0, Math.min(8, prefix.bits - index * 8));
    const mask = 0xff >> fixed;
    return (byte & ~mask & 0xff) | (below(256, random) & mask);
  });
  const address = { ...prefix, bytes, bits: bytes.length * 8 };
  const fqdn = selector.requirements.filter(({ source }) => source === 'fqdn');
  const own = fqdn.map(({ source, key }) => ({ source, key, value: '' }));
  const cidr = { source: 'cidr', key: cidrLabelKey(address), value: '' };
  const labels = labelArray([cidr, worldLabel(address.family, view.settings), ...own]);
  if (!takes(selector, labels)) return undefined;
  return { kind: 'address', address: formatPrefix(address).replace(/\/\d+$/, ''), labels: own };
}

function takes(selector: EndpointSelector, labels: LabelArray): boolean {
  return isWildcard(selector) || matches(selector, labels);
}

function packetInside({ ranges }: Unit, random: Random): Pick<ReplayFlow, 'protocol' | 'port'> {
  const { protocol, first, last } = pick(ranges, random);
  const port = first === 0 ? 1 + below(65_535, random) : first + below(Math.max(first, last) - first + 1, random);
  if (protocol !== ANY_PROTOCOL) return { protocol, port };
  const any = pick([TCP, UDP, SCTP, ICMP], random);
  return { protocol: any, port: any === ICMP ? port % 256 : port };
}
