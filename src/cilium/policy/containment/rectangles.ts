/**
 * Whether rectangles of subjects and peers together cover another one.
 *
 * A deny forbids a flow between a subject and a peer if it takes both: a rectangle. A flow of the allow escapes if its
 * subject escapes some of the rectangles and its peer all others. Rectangles that take every subject of the allow (nearly
 * all, in practice) must be escaped by the peer, those that take every peer by the subject; only what is left of both is
 * searched.
 * The two ends of a flow are taken to be independent. That they may be in one namespace would be one more bond; leaving it
 * out can make a dead allow look alive, never the reverse.
 * Cost: four containments a rectangle, then a search of at most STEPS looks at a cover. Depth: MOST_OPEN.
 */
import { Budget } from '../../budget.ts';
import {
  asPeer,
  asSubject,
  undecided,
  type Containment,
  type PeerWitness,
  type Reach,
  type UndecidedReason,
} from './answer.ts';
import { STEPS, uncoveredReach } from './containment.ts';
import type { UniverseFacts } from './facts.ts';
import type { EndpointSelector } from '../selector.ts';

export interface Ends {
  readonly subject: EndpointSelector;
  readonly peer: EndpointSelector;
}

/** What a deny takes at the two ends of the allow's flow; any of each list. */
export interface Sides {
  readonly subject: readonly Reach[];
  readonly peer: readonly Reach[];
}

export interface Rectangle extends Sides {
  /** How much of the allow's own end it takes. */
  readonly ofSubject: Extent;
  readonly ofPeer: Extent;
}

/** `part` also where it was not found out. */
type Extent = 'none' | 'part' | 'all';

export type EndsContainment =
  | { readonly kind: 'covered' }
  | { readonly kind: 'uncovered'; readonly subject: PeerWitness; readonly peer: PeerWitness }
  | { readonly kind: 'undecided'; readonly reason: UndecidedReason };

/** Enough for the few selectors of one deny. */
const EXTENT_STEPS = 2_000;

/** More denies that take a part of both ends than a cluster has; each is a level of the search. */
const MOST_OPEN = 64;

export function rectangleOf(sides: Sides, target: Ends, facts: UniverseFacts): Rectangle {
  const product = { target, facts, budget: new Budget(EXTENT_STEPS) };
  const ofSubject = subjectExtent(sides, [], product);
  return { ...sides, ofSubject, ofPeer: ofSubject === 'none' ? 'none' : peerExtent(sides, [], product) };
}

/** Two ends that no rectangle takes together. */
export function uncoveredEnds(target: Ends, rectangles: readonly Rectangle[], facts: UniverseFacts): EndsContainment {
  const bySubject = rectangles.filter(({ ofPeer }) => ofPeer === 'all');
  const byPeer = rectangles.filter(({ ofSubject }) => ofSubject === 'all');
  if (bySubject.some(({ ofSubject }) => ofSubject === 'all')) return { kind: 'covered' };
  const open = rectangles.filter(({ ofSubject, ofPeer }) => ofSubject === 'part' && ofPeer === 'part');
  if (open.length > MOST_OPEN) return { kind: 'undecided', reason: 'step-limit' };
  return search({ bySubject, byPeer, open }, { target, facts, budget: new Budget(STEPS) });
}

/** Which rectangles the subject has to escape, which the peer, and which one of the two. */
interface Split {
  readonly bySubject: readonly Sides[];
  readonly byPeer: readonly Sides[];
  readonly open: readonly Sides[];
}

interface Product {
  readonly target: Ends;
  readonly facts: UniverseFacts;
  readonly budget: Budget;
}

/** Tries whether one end escapes all that is open; else lets the subject escape the first of it, then the peer. */
function search(start: Split, product: Product): EndsContainment {
  if (!product.budget.spend()) return { kind: 'undecided', reason: 'step-limit' };
  const atOnce = escapeAtOnce(start, product);
  if (atOnce !== undefined) return atOnce;
  const split = settled(start, product);
  const { bySubject, byPeer, open } = split;
  const [first, ...rest] = open;
  if (first === undefined) return bothEscape(split, product);
  const subjectFirst = search({ bySubject: [...bySubject, first], byPeer, open: rest }, product);
  if (subjectFirst.kind === 'uncovered') return subjectFirst;
  const peerFirst = search({ bySubject, byPeer: [...byPeer, first], open: rest }, product);
  return subjectFirst.kind === 'undecided' && peerFirst.kind === 'covered' ? subjectFirst : peerFirst;
}

function escapeAtOnce({ bySubject, byPeer, open }: Split, product: Product): EndsContainment | undefined {
  const attempts = [
    { bySubject: [...bySubject, ...open], byPeer, open: [] },
    { bySubject, byPeer: [...byPeer, ...open], open: [] },
  ];
  for (const attempt of attempts) {
    const found = bothEscape(attempt, product);
    if (found.kind === 'uncovered') return found;
  }
  return undefined;
}

/**
 * Decides what leaves no choice: a rectangle that one end escapes with those it has to escape anyway is settled, and one
 * that takes all that is left of one end is for the other.
 */
function settled(start: Split, product: Product): Split {
  let split = start;
  for (;;) {
    const before = split.open.length;
    split = split.open.reduce((now: Split, sides) => settledOne(now, sides, product), { ...split, open: [] });
    if (split.open.length === before) return split;
  }
}

function settledOne(split: Split, sides: Sides, product: Product): Split {
  const { bySubject, byPeer, open } = split;
  const ofSubject = subjectExtent(sides, bySubject, product);
  const ofPeer = peerExtent(sides, byPeer, product);
  if (ofSubject === 'none' || ofPeer === 'none') return split;
  if (ofSubject === 'all') return { bySubject, byPeer: [...byPeer, sides], open };
  if (ofPeer === 'all') return { bySubject: [...bySubject, sides], byPeer, open };
  return { bySubject, byPeer, open: [...open, sides] };
}

function bothEscape({ bySubject, byPeer }: Split, product: Product): EndsContainment {
  const subject = escapeFrom([asSubject(product.target.subject)], subjectsOf(bySubject), product);
  if (subject.kind !== 'uncovered') return subject;
  const peer = escapeFrom([asPeer(product.target.peer)], peersOf(byPeer), product);
  if (peer.kind !== 'uncovered') return peer;
  return { kind: 'uncovered', subject: subject.witness, peer: peer.witness };
}

/** Counted by its covers, as what is linear in them is not free when it is asked again and again. */
function escapeFrom(targets: readonly Reach[], covers: readonly Reach[], { facts, budget }: Product): Containment {
  return budget.spend(covers.length) ? uncoveredReach(targets, covers, facts, budget) : undecided('step-limit');
}

function subjectExtent({ subject }: Sides, escaped: readonly Sides[], product: Product): Extent {
  return extentOf(asSubject(product.target.subject), subject, subjectsOf(escaped), product);
}

function peerExtent({ peer }: Sides, escaped: readonly Sides[], product: Product): Extent {
  return extentOf(asPeer(product.target.peer), peer, peersOf(escaped), product);
}

/** How much the covers take of what is left of one end once it has escaped others. */
function extentOf(target: Reach, covers: readonly Reach[], escaped: readonly Reach[], product: Product): Extent {
  if (escapeFrom([target], [...escaped, ...covers], product).kind === 'covered') return 'all';
  const takesSome = (cover: Reach): boolean => escapeFrom([target, cover], escaped, product).kind !== 'covered';
  return covers.some(takesSome) ? 'part' : 'none';
}

function subjectsOf(list: readonly Sides[]): readonly Reach[] {
  return list.flatMap(({ subject }) => subject);
}

function peersOf(list: readonly Sides[]): readonly Reach[] {
  return list.flatMap(({ peer }) => peer);
}
