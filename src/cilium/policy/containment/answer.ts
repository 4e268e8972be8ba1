/**
 * What is asked about containment, and what comes back.
 */
import type { LabelArray } from '../../identity/label.ts';
import type { EndpointSelector } from '../selector.ts';

/**
 * A selector and what it is asked of. As a subject it reaches endpoints that this cluster polices, by their own labels;
 * as a peer it reaches whatever a policy map finds under it. So an empty subject is every endpoint, and an empty peer is
 * the whole world.
 */
export interface Reach {
  readonly selector: EndpointSelector;
  readonly role: 'peer' | 'subject';
}

export function asPeer(selector: EndpointSelector): Reach {
  return { selector, role: 'peer' };
}

export function asSubject(selector: EndpointSelector): Reach {
  return { selector, role: 'subject' };
}

/** Something that the target reaches and no cover does. */
export type PeerWitness =
  | { readonly kind: 'pod'; readonly labels: LabelArray }
  /** Id 0 is a packet whose sender is not known. */
  | { readonly kind: 'reserved'; readonly id: number; readonly labels: LabelArray }
  /** `labels`: of its identity, but for a cidr label. */
  | { readonly kind: 'address'; readonly ip: string; readonly labels: LabelArray };

/** `step-limit`: too many ways to look at; `too-many-terms`: a selector too wide; `cidr-match-mode`: not modelled. */
export type UndecidedReason = 'step-limit' | 'too-many-terms' | 'cidr-match-mode';

export type Containment =
  | { readonly kind: 'covered' }
  | { readonly kind: 'uncovered'; readonly witness: PeerWitness }
  | { readonly kind: 'undecided'; readonly reason: UndecidedReason };

export const COVERED: Containment = { kind: 'covered' };

export function undecided(reason: UndecidedReason): Containment {
  return { kind: 'undecided', reason };
}
