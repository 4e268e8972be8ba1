/**
 * A policy rule as the agent keeps it: one direction, one verdict, one subject, a list of peers and a list of ports.
 *
 * Mirrors PolicyEntry (pkg/policy/types/policyentry.go). Every peer and port carries the place it was written at, so that
 * a map entry or a verdict can name the rule behind it.
 */
import type { ObjectRef, RuleRef } from '../objects.ts';
import type { FieldPath } from '../field-path.ts';
import type { EndpointSelector } from './selector.ts';

export type Direction = 'ingress' | 'egress';

/** An IP protocol number; 0 is any protocol. */
export type Protocol = number;

export const ANY_PROTOCOL: Protocol = 0;
export const TCP: Protocol = 6;
export const UDP: Protocol = 17;
export const SCTP: Protocol = 132;
export const ICMP: Protocol = 1;
export const ICMPV6: Protocol = 58;

/** One peer item: what the author wrote at `ref` (one list item may become several selectors, e.g. an entity). */
export interface Peer {
  readonly selectors: readonly EndpointSelector[];
  readonly ref: RuleRef;
}

/**
 * nil and empty differ in Cilium (pkg/policy: createL4Filter): `none` makes no filter at all, `any` is the wildcard.
 * A rule with neither peers nor ports is `none`: it only switches default deny on.
 */
export type Peers =
  { readonly kind: 'any' } | { readonly kind: 'none' } | { readonly kind: 'list'; readonly items: readonly Peer[] };

/** A proxy takes the traffic: what decides between two redirects, and what keeps them from being merged. */
export interface Redirect {
  /** `http`, `dns`, `tls`, `crd` (a listener), `kafka`, or the name of a proxylib parser. */
  readonly parser: string;
  /** Cilium's listener priority, 1 to 126: lower wins. */
  readonly priority: number;
  /** There are L7 rules. */
  readonly l7: boolean;
  /** There are server names to check. */
  readonly serverNames: boolean;
  /** The secrets of TLS contexts, as they are written. */
  readonly terminatingTLS?: string;
  readonly originatingTLS?: string;
  /** Of `crd`: which listener it is. */
  readonly listener?: string;
  /** Why no agent can make it, so that no policy of an identity with such a rule can be resolved. */
  readonly refusal?: string;
}

/** One protocol and one port interval. `first` 0 means every port of the protocol; protocol 0, which no policy can write, every packet. */
export interface PortRange {
  readonly protocol: Protocol;
  /** For ICMP the type. */
  readonly first: number;
  /** Same as `first` for a single port. */
  readonly last: number;
  /** As written, where it is: Cilium keeps `80` and `80` with endPort 80 apart until they become map keys. */
  readonly endPort?: number;
  readonly redirect?: Redirect;
  readonly ref: RuleRef;
}

/** A port that only the container ports of a pod give a number. */
export interface NamedPort {
  readonly protocol: Protocol;
  /** In lower case. */
  readonly name: string;
  readonly redirect?: Redirect;
  readonly ref: RuleRef;
}

/** `any`: no toPorts, so an L3-only rule. An empty list allows nothing, but still switches default deny on. */
export type Ports =
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly items: readonly PortRange[]; readonly names?: readonly NamedPort[] };

/** Which part of a policy is not modelled: what it touches is answered with `unknown`. */
export interface Unsupported {
  readonly feature: string;
  readonly field: FieldPath;
  /** Policy maps have it. What denies do to its flows is not judged: the proof and the second evaluator do not know it. */
  readonly inMaps?: true;
}

/**
 * Where a rule of a ClusterNetworkPolicy stands. The Admin tier comes before the normal one, the Baseline tier after it, and in a
 * tier lower priorities come before higher ones: what decides about a flow there is not overruled by what comes later.
 */
export interface TierPlace {
  readonly tier: 'Admin' | 'Baseline';
  readonly priority: number;
}

export interface Rule {
  /** The object, and the rule element: `spec.ingress[0]`. */
  readonly ref: RuleRef;
  readonly direction: Direction;
  /** `pass`: tiers after this one decide. It is not modelled, and such a rule says so. */
  readonly verdict: 'allow' | 'deny' | 'pass';
  /** Absent: the normal tier, in which all rules have one priority. */
  readonly tierPlace?: TierPlace;
  /** Which endpoints it applies to; a CNP's namespace is part of it. */
  readonly subject: EndpointSelector;
  /** `host`: a nodeSelector rule, which matches the host endpoint only. */
  readonly subjectKind: 'endpoint' | 'host';
  /** Turns default deny on for this direction. */
  readonly defaultDeny: boolean;
  readonly peers: Peers;
  readonly ports: Ports;
  /** The mode of authentication that an allow asks for, where it is written. */
  readonly authentication?: string;
  /** What agents write to their log of flows that it decides about. */
  readonly log?: string;
  /** Not empty: what this rule does is not (wholly) modelled. */
  readonly unsupported: readonly Unsupported[];
}

/** Why the agent would refuse an object. */
export interface Refusal {
  readonly field: FieldPath;
  readonly reason: string;
  /** The agent takes the object, and then breaks down on it. */
  readonly panics?: true;
}

/** What parsing a policy object yields. A refused object has no rules: Cilium stores it and ignores it. */
export type ParsedPolicy =
  | {
      readonly kind: 'parsed';
      readonly object: ObjectRef;
      readonly rules: readonly Rule[];
      /** Every prefix and except that is named, canonical, each once: each is an identity on every node, but for /0. */
      readonly prefixes: readonly string[];
    }
  | {
      /** It names groups, until 1.19: agents pass it over, and the operator writes another policy in its place. */
      readonly kind: 'replaced';
      readonly object: ObjectRef;
      /** The first group. */
      readonly groups: FieldPath;
      /** As they are written: the other policy has them too, with addresses for groups. */
      readonly rules: readonly Rule[];
    }
  | { readonly kind: 'refused'; readonly object: ObjectRef; readonly refusal: Refusal };

/** Those that leave policy maps unknown. */
export function unmapped(parts: readonly Unsupported[]): readonly Unsupported[] {
  return parts.filter(({ inMaps }) => inMaps !== true);
}

/** None where the agent refuses the object or passes it over, or where there is none. */
export function rulesOf(policy: ParsedPolicy | undefined): readonly Rule[] {
  return policy?.kind === 'parsed' ? policy.rules : [];
}

/** What its author has written, whoever reads it. */
export function writtenRules(policy: ParsedPolicy | undefined): readonly Rule[] {
  return policy === undefined || policy.kind === 'refused' ? [] : policy.rules;
}

/** None where the agent refuses the object or passes it over, or where there is none. */
export function prefixesOf(policy: ParsedPolicy | undefined): readonly string[] {
  return policy?.kind === 'parsed' ? policy.prefixes : [];
}

/** Every selector that the items of a rule name; none where it is about every peer, or about none. */
export function listedSelectors(peers: Peers): readonly EndpointSelector[] {
  return peers.kind === 'list' ? peers.items.flatMap(({ selectors }) => selectors) : [];
}

/** Of rules that make filters. Thousands of rules share a list of ports. */
export function redirectsIn(rules: readonly Rule[]): readonly Redirect[] {
  const lists = new Set(rules.filter(({ peers }) => peers.kind !== 'none').map(({ ports }) => ports));
  return [...lists].flatMap((ports) => {
    const all = ports.kind === 'any' ? [] : [...ports.items, ...(ports.names ?? [])];
    return all.flatMap(({ redirect }) => redirect ?? []);
  });
}
