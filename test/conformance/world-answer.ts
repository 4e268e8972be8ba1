/**
 * The answer to a world, in the shape of Cilium's recorded answers.
 */
import type { PolicyMap } from '../../src/cilium/policy/map/policy-map.ts';
import { readProtocol } from '../../src/cilium/policy/ports.ts';
import { ICMP, ICMPV6, type Protocol } from '../../src/cilium/policy/rule.ts';
import { profileOf } from '../../src/cilium/profile.ts';

export interface WorldEntry {
  readonly dir: 'ingress' | 'egress';
  readonly id: number;
  readonly proto: number;
  readonly port: number;
  readonly plen: number;
  readonly deny?: true;
}

export interface WorldAnswer {
  readonly mapEntries: number;
  readonly entries: readonly WorldEntry[];
  readonly localIdentities: readonly { readonly id: number; readonly labels: readonly string[] }[];
  readonly ingressEnforced?: boolean;
  readonly egressEnforced?: boolean;
  readonly parseErrors: readonly { readonly index: number; readonly name: string; readonly error: string }[];
  readonly resolveError?: string;
  readonly verdicts: readonly { readonly peer: number; readonly verdict: string; readonly bpf: string }[];
}

export function entriesOf(map: PolicyMap): readonly WorldEntry[] {
  return [...map.entries()].map(({ direction, identity, protocol, port, prefixLength, effect }) => ({
    dir: direction,
    id: identity,
    proto: protocol,
    port,
    plen: prefixLength,
    ...(effect === 'deny' ? { deny: true as const } : {}),
  }));
}

/** As the flows of a world have it. */
export function protocolOf(text: string): Protocol {
  const upper = text.toUpperCase();
  if (upper === 'ICMP') return ICMP;
  if (upper === 'ICMPV6') return ICMPV6;
  const number = Number(text);
  if (Number.isInteger(number)) return number;
  const profile = profileOf({ major: 1, minor: 20, patch: 2 });
  const [protocol] = (profile.ok && readProtocol(text, profile.value)) || [];
  if (protocol === undefined) throw new Error(`"${text}" is not a protocol`);
  return protocol;
}
