/**
 * Flows that open or close when the labels of a namespace change: examples of what the rules do that start or stop selecting its
 * pods, each put to the policies before and after.
 *
 * An end is a pod of the tenant's own, an address that nobody has, or what a rule asks for that the tenant may read; nothing of
 * another tenant's gets in, neither an end nor a rule. Where both ends are the tenant's own, both have to let a flow through.
 * Cost: two verdicts for each candidate, no more of them than MOST_TRIED and no more rules and their peers than MOST_PEERS, with
 * pauses.
 */
import { Budget } from '../../cilium/budget.ts';
import { TCP, type Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type ChangedFlow, type FlowEnd, type Pause } from '../check.ts';
import { packetOf, peerIn, type FlowPort } from '../facts/example-flow.ts';
import { FlowEnds, type End } from '../facts/flow-ends.ts';
import type { KeyChange } from '../facts/relabelled-pods.ts';
import { together, verdictsOf, type Party } from './flow-verdict.ts';
import type { OwnPod } from './own-pods.ts';
import type { Reselecting } from './reselecting-rules.ts';
import { SelectorSearch } from './selector-search.ts';

const MOST_FLOWS = 5;
const MOST_TRIED = 60;
const MOST_PEERS = 100_000;

export interface FlowGround {
  readonly before: ClusterView;
  readonly after: ClusterView;
  /** Those of the namespace first. */
  readonly pods: readonly OwnPod[];
}

/** `rules`: of policies that the tenant may read about. */
export function* changedFlows(
  rules: readonly Reselecting[],
  ground: FlowGround,
): Generator<Pause, readonly ChangedFlow[]> {
  const flows = new Map<string, ChangedFlow>();
  const budget = new Budget(MOST_PEERS);
  let tried = 0;
  for (const candidate of candidates(rules, ground)) {
    if (candidate === PAUSE) {
      yield PAUSE;
      continue;
    }
    if (flows.size === MOST_FLOWS || ++tried > MOST_TRIED) break;
    const changed = yield* changeOf(candidate, ground, budget);
    if (changed !== undefined) flows.set(JSON.stringify(changed), changed);
  }
  return [...flows.values()];
}

/** An end as it is before, and as it is after. */
interface Place {
  readonly end: FlowEnd;
  readonly before: Party;
  readonly after: Party;
}

interface Candidate {
  readonly source: Place;
  readonly destination: Place;
  readonly packet: FlowPort;
}

function* changeOf(
  { source, destination, packet }: Candidate,
  { before, after }: FlowGround,
  budget: Budget,
): Generator<Pause, ChangedFlow | undefined> {
  const was = yield* verdictsOf({ source: source.before, destination: destination.before, packet }, before, budget);
  const is = yield* verdictsOf({ source: source.after, destination: destination.after, packet }, after, budget);
  const [verdictBefore, verdictAfter] = [together(was), together(is)];
  if (verdictBefore === verdictAfter || verdictBefore === 'unknown' || verdictAfter === 'unknown') return undefined;
  const direction = was.ingress === is.ingress ? 'egress' : 'ingress';
  const flow = { direction, source: source.end, destination: destination.end, ...packet } as const;
  return { change: verdictAfter === 'allow' ? 'opens' : 'closes', flow };
}

/** What nobody's rule is about, but what it may switch default deny on for, or off. */
const PLAIN: FlowPort = { protocol: TCP, port: 80 };

interface Seeking {
  readonly ground: FlowGround;
  readonly ends: FlowEnds;
  readonly search: SelectorSearch;
}

function* candidates(rules: readonly Reselecting[], ground: FlowGround): Iterable<Pause | Candidate> {
  const seeking = { ground, ends: new FlowEnds(ground.after), search: new SelectorSearch() };
  for (const { rule, subject, peers } of rules) {
    for (const moved of [subject.starts, subject.stops]) {
      if (moved !== undefined) yield* asSubject(rule, moved, seeking);
    }
    for (const { shift } of peers) {
      if (shift.starts !== undefined) yield* asPeer(rule, { moved: shift.starts, when: 'after' }, seeking);
      if (shift.stops !== undefined) yield* asPeer(rule, { moved: shift.stops, when: 'before' }, seeking);
    }
  }
}

/** What the rule is about, and what it is not about. */
function* asSubject(
  rule: Rule,
  moved: KeyChange,
  { ground: { pods }, ends, search }: Seeking,
): Iterable<Pause | Candidate> {
  const subject = movedPlace(moved, pods);
  if (subject === undefined) return;
  const packet = packetIn(rule);
  const selectors = rule.peers.kind === 'list' ? rule.peers.items.flatMap((item) => item.selectors) : [];
  const others = pods.filter(({ change }) => change !== moved);
  const [own] = yield* search.first({ pods: others, selectors, labelsOf: ({ labels }) => [labels], most: 1 });
  if (packet !== undefined && own !== undefined) yield between(rule, subject, ownPlace(own), packet);
  const peer = packet === undefined ? undefined : peerIn(rule, ends);
  if (packet !== undefined && peer !== undefined) yield between(rule, subject, otherPlace(peer), packet);
  yield between(rule, subject, otherPlace(ends.outside()), PLAIN);
  const [other] = others;
  if (other !== undefined) yield between(rule, subject, ownPlace(other), PLAIN);
}

/** The pods that the rule selects in this view may be among those that move. */
function* asPeer(
  rule: Rule,
  { moved, when }: { readonly moved: KeyChange; readonly when: 'before' | 'after' },
  { ground: { pods }, search }: Seeking,
): Iterable<Pause | Candidate> {
  const packet = packetIn(rule);
  const peer = movedPlace(moved, pods);
  if (packet === undefined || peer === undefined) return;
  const others = pods.filter(({ change }) => change !== moved);
  const labelsOf = ({ labels, change }: OwnPod) => [when === 'before' ? (change?.labelsBefore ?? labels) : labels];
  const [subject] = yield* search.first({ pods: others, selectors: [rule.subject], labelsOf, most: 1 });
  if (subject !== undefined) yield between(rule, ownPlace(subject), peer, packet);
}

function between({ direction }: Rule, subject: Place, peer: Place, packet: FlowPort): Candidate {
  const [source, destination] = direction === 'ingress' ? [peer, subject] : [subject, peer];
  return { source, destination, packet };
}

/** undefined: the rule names ports by name only, or none. */
function packetIn({ ports }: Rule): FlowPort | undefined {
  if (ports.kind === 'any') return PLAIN;
  const [range] = ports.items;
  return range === undefined ? undefined : packetOf(range);
}

function movedPlace(moved: KeyChange, pods: readonly OwnPod[]): Place | undefined {
  const pod = pods.find(({ change }) => change === moved);
  return pod === undefined ? undefined : ownPlace(pod);
}

/** With the labels that it will have. */
function ownPlace({ pod, labels, identities, ports, change }: OwnPod): Place {
  return {
    end: { kind: 'endpoint', labels, pod },
    before: { kind: 'own', labels: change?.labelsBefore ?? labels, identity: identities.before, ports },
    after: { kind: 'own', labels, identity: identities.after, ports },
  };
}

function otherPlace({ end, identity, labels }: End): Place {
  const party: Party =
    end.kind === 'address' ? { kind: 'address', address: end.address } : { kind: 'other', labels, identity };
  return { end, before: party, after: party };
}
