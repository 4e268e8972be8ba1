/**
 * Whether two rules of one direction speak of the same traffic, as far as that can be told from what is written.
 */
import { hasPorts, json, list, peersOf, portsOf, text, texts, type LiveRule } from './seen-world.ts';

/** It names no peers, but ports, or the entity `all`. */
export function isEverybody(one: LiveRule): boolean {
  const named = Object.keys(one.element).filter((field) => /^(from|to)/.test(field) && field !== 'toPorts');
  return texts(peersOf(one, 'Entities')).includes('all') || (named.length === 0 && hasPorts(one));
}

/** No ports and no types of ICMP: all traffic of its peers. */
export function isOfAllPorts({ element }: LiveRule): boolean {
  return !('toPorts' in element) && !('ports' in element) && !('icmps' in element);
}

/** They name a peer in the same words, or one of them is for everybody. */
export function shareAPeer(one: LiveRule, other: LiveRule): boolean {
  if (isEverybody(one) || isEverybody(other)) return true;
  const named = new Set(peerWords(one));
  return peerWords(other).some((word) => named.has(word));
}

function peerWords(one: LiveRule): readonly string[] {
  if (one.kind === 'NetworkPolicy') return list(one.element['from'] ?? one.element['to']).flatMap(kubernetesPeerWords);
  const fields = ['Endpoints', 'Entities', 'CIDR', 'FQDNs', 'Nodes'];
  const words = fields.flatMap((field) =>
    (peersOf(one, field) ?? []).map((peer) => `${field} ${JSON.stringify(peer)}`),
  );
  const prefixes = (peersOf(one, 'CIDRSet') ?? []).flatMap(({ cidr }) => (cidr === undefined ? [] : [cidr]));
  return [...words, ...prefixes.map((prefix) => `CIDR ${JSON.stringify(prefix)}`)];
}

/** In the words of a Cilium policy of that namespace. */
function kubernetesPeerWords({ podSelector, namespaceSelector, ipBlock }: ReturnType<typeof json>): readonly string[] {
  if (ipBlock !== undefined) return [`CIDR ${JSON.stringify(json(ipBlock)['cidr'])}`];
  return podSelector !== undefined && namespaceSelector === undefined
    ? [`Endpoints ${JSON.stringify(podSelector)}`]
    : [];
}

/** They name a port in the same words, or one of them is for all. */
export function shareAPort(one: LiveRule, other: LiveRule): boolean {
  if (isOfAllPorts(one) || isOfAllPorts(other)) return true;
  return portsOf(one).some((port) => portsOf(other).some((another) => isSamePort(port, another)));
}

function isSamePort(one: ReturnType<typeof json>, other: ReturnType<typeof json>): boolean {
  const [first, second] = [one, other].map(({ protocol }) => text(protocol).toUpperCase());
  const isSameProtocol = first === second || [first, second].some((protocol) => protocol === '' || protocol === 'ANY');
  return isSameProtocol && String(one['port']) === String(other['port']);
}
