/**
 * Whether denies together take everything that one item of an allow rule gives: subjects x peers x ports.
 *
 * On each piece of the port interval the same denies apply; whether they cover the subjects and peers there is one
 * question (rectangles.ts), asked once for each set of denies.
 * Cost: linear in denies x pieces, and a bounded search for each distinct set of denies.
 */
import { getOrMake } from '../../get-or-make.ts';
import type { LabelArray } from '../../identity/label.ts';
import { asPeer, asSubject, type PeerWitness, type UndecidedReason } from './answer.ts';
import type { UniverseFacts } from './facts.ts';
import { packetsOf, rangesOf, takes } from './ports.ts';
import { rectangleOf, uncoveredEnds, type EndsContainment, type Sides } from './rectangles.ts';
import { listedSelectors, type PortRange, type Ports, type Protocol, type Rule } from '../rule.ts';
import { WILDCARD, type EndpointSelector } from '../selector.ts';

/** What one item of an allow rule gives on one port range; protocol 0 for a rule without ports. */
export interface AllowUnit {
  readonly subject: EndpointSelector;
  readonly peer: EndpointSelector;
  readonly ports: Pick<PortRange, 'protocol' | 'first' | 'last'>;
}

export interface Deny {
  readonly subject: EndpointSelector;
  /** Any of them; the wildcard for a rule about every peer. */
  readonly peers: readonly EndpointSelector[];
  readonly ports: Ports;
  /** `own`: it selects the endpoint that the allow selects. `other`: it stands at the far end, and selects the allow's peer. */
  readonly side: 'own' | 'other';
}

export interface FlowWitness {
  /** Labels of the endpoint that the allow selects. */
  readonly subject: LabelArray;
  readonly peer: PeerWitness;
  readonly protocol: Protocol;
  /** ICMP: the type. 0: a packet without a port. */
  readonly port: number;
}

export type ProductContainment =
  | { readonly kind: 'covered' }
  | { readonly kind: 'uncovered'; readonly witness: FlowWitness }
  | { readonly kind: 'undecided'; readonly reason: UndecidedReason };

/** Named ports of a deny are left out: what number they have depends on the pod. */
export function denyOf({ subject, peers, ports }: Rule, side: Deny['side']): Deny {
  return { subject, peers: peers.kind === 'any' ? [WILDCARD] : listedSelectors(peers), ports, side };
}

/** A flow that the allow gives and no deny takes. `covered` without denies: it gives none at all. */
export function uncoveredProduct(target: AllowUnit, denies: readonly Deny[], facts: UniverseFacts): ProductContainment {
  const rectangles = denies.map((deny) => ({ ...rectangleOf(sidesOf(deny), target, facts), ports: deny.ports }));
  const answers = new Map<string, EndsContainment>();
  let answer: ProductContainment = { kind: 'covered' };
  for (const packet of packetsOf(
    target.ports,
    denies.flatMap(({ ports }) => rangesOf(ports)),
  )) {
    const active = [...rectangles.entries()].filter(([, { ports }]) => takes(ports, packet));
    const [numbers, about] = [active.map(([number]) => number), active.map(([, rectangle]) => rectangle)];
    const found = getOrMake(answers, numbers.join(), () => uncoveredEnds(target, about, facts));
    if (found.kind === 'uncovered') {
      return { kind: 'uncovered', witness: { subject: found.subject.labels, peer: found.peer, ...packet } };
    }
    if (found.kind === 'undecided') answer = found;
  }
  return answer;
}

/** Whether the deny can take a flow of the allow, ports aside; also where that was not found out. */
export function canMeet(target: AllowUnit, deny: Deny, facts: UniverseFacts): boolean {
  return rectangleOf(sidesOf(deny), target, facts).ofPeer !== 'none';
}

function sidesOf({ subject, peers, side }: Deny): Sides {
  const [near, far] = [[asSubject(subject)], peers.map(asPeer)];
  return side === 'own' ? { subject: near, peer: far } : { subject: far, peer: near };
}
