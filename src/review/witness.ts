/**
 * Witnesses of violations, asked of the second evaluator, which shares no code with the first.
 *
 * The policy alone has to allow the flow, or its rule to be one of which the second evaluator can't tell; and with the
 * clusterwide policies that are blamed it has to be denied, whatever ClusterNetworkPolicies there are, which may come before
 * these. Anything else is a fault of one of the two evaluators: such a finding is no violation, in any mode and in an audit. Nor
 * is one that was not asked about: the time was up, or as many are confirmed as an answer shows.
 * A pitfall is one of the policy alone: the second evaluator must not say that it keeps the flow out.
 * Cost: for each violation that is asked about, O(rule elements of the policy and of those that are blamed), in steps.
 */
import { PAUSE, type Finding, type Flow, type FlowEnd, type Pause } from '../checks/check.ts';
import { CHECK_OF_FINDING } from '../checks/facts/finding-facts.ts';
import { count } from '../checks/facts/wording.ts';
import type { LabelArray } from '../cilium/identity/label.ts';
import { formatRef, type ObjectRef, type PolicyObject } from '../cilium/objects.ts';
import type { ReplayFlow, ReplayPeer, ReplayVerdict } from '../cilium/replay/flow.ts';
import { Replayer } from '../cilium/replay/replay.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { ReplayMismatch, Unknown } from './results.ts';

type Replayed =
  | { readonly kind: 'agrees' }
  /** The second evaluator does not model something in these rules. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'disagrees'; readonly detail: string };

export interface Witnesses {
  /** Violations whose witness was not confirmed. */
  readonly unconfirmed: ReadonlySet<Finding>;
  readonly unknowns: readonly Unknown[];
  readonly replayMismatches: readonly ReplayMismatch[];
}

export interface ReplayBounds {
  /** Whether the time is up. */
  readonly expired: () => boolean;
  /** Whether nothing more needs to be asked, with so many confirmed. */
  readonly isEnough: (confirmed: number) => boolean;
}

/** `view` holds the policies that the findings are about; asked for only where there is something to replay. */
export function* replayWitnesses(
  findings: readonly Finding[],
  view: () => ClusterView,
  { expired, isEnough }: ReplayBounds,
): Generator<Pause, Witnesses> {
  const asked = findings.filter(hasWitness);
  if (asked.length === 0) return { unconfirmed: new Set(), unknowns: [], replayMismatches: [] };
  const replays = new WitnessReplays(view());
  const unconfirmed = new Set<Finding>();
  const unknowns: Unknown[] = [];
  const replayMismatches: ReplayMismatch[] = [];
  const left = { time: 0, size: 0 };
  let confirmed = 0;
  for (const finding of asked) {
    const isLate = expired();
    const replayed = isLate || isEnough(confirmed) ? undefined : yield* replays.of(finding, finding.witness);
    if (replayed?.kind === 'agrees') {
      confirmed += 1;
      continue;
    }
    unconfirmed.add(finding);
    if (replayed === undefined) left[isLate ? 'time' : 'size'] += 1;
    else if (replayed.kind === 'disagrees') replayMismatches.push({ finding: finding.id, detail: replayed.detail });
    else unknowns.push({ reason: `a witness could not be replayed: ${replayed.reason}`, ...fieldOf(finding) });
  }
  return { unconfirmed, unknowns: [...unknowns, ...notReplayed(left)], replayMismatches };
}

type Witnessed = Finding & { readonly witness: Flow };

function hasWitness(finding: Finding): finding is Witnessed {
  return finding.witness !== undefined && finding.severity === 'violation';
}

function notReplayed({ time, size }: Readonly<Record<'time' | 'size', number>>): readonly Unknown[] {
  const said = (some: number): string => `${count(some, 'violation counts', 'violations count')} as advice`;
  const witnesses = (some: number): string => (some === 1 ? 'its witness' : 'their witnesses');
  const late = `${said(time)}, as the time to replay ${witnesses(time)} was up`;
  const many = `${said(size)}, as ${witnesses(size)} ${size === 1 ? 'was' : 'were'} not replayed`;
  return [
    ...(time === 0 ? [] : [{ reason: late, unfinished: 'time' as const }]),
    ...(size === 0 ? [] : [{ reason: many, unfinished: 'size' as const }]),
  ];
}

function fieldOf({ field }: Finding): Pick<Unknown, 'path'> {
  return field === undefined ? {} : { path: field };
}

/** Of one view, which holds the policies that the findings are about: what is written in them is read once. */
class WitnessReplays {
  readonly #view: ClusterView;
  readonly #replayer: Replayer;
  #tiers: readonly ObjectRef[] | undefined;

  constructor(view: ClusterView) {
    this.#view = view;
    this.#replayer = new Replayer(view.settings);
  }

  *of(finding: Finding, witness: Flow): Generator<Pause, Replayed> {
    const flow = ownEnd(witness);
    if (flow === undefined) return { kind: 'unknown', reason: 'the subject of the witness is no endpoint' };
    const submitted = written([finding.subject], this.#view);
    const alone = yield* this.#verdict(flow, submitted);
    if (CHECK_OF_FINDING[finding.id] === 'policy-pitfalls') return ofPitfall(finding, alone);
    const together = yield* this.#atEitherEnd(flow, [...submitted, ...this.#with(blamed(finding))]);
    const allowed = alone.verdict === 'allow' || mayAllow(alone, finding);
    if (allowed && together.verdict === 'deny') return { kind: 'agrees' };
    for (const { verdict, reason } of [alone, together]) if (verdict === 'unknown') return { kind: 'unknown', reason };
    const where = `${finding.id} of ${formatRef(finding.subject)} ${finding.field ?? ''}`;
    return { kind: 'disagrees', detail: `${where}: alone ${alone.verdict}, with the denies ${together.verdict}` };
  }

  #with(blamed: readonly ObjectRef[]): readonly PolicyObject[] {
    this.#tiers ??= [...clusterNetworkPolicies(this.#view)];
    const others = blamed.filter(({ kind }) => kind !== 'ClusterNetworkPolicy');
    return [...written(others, this.#view), ...written(this.#tiers, this.#view)];
  }

  /** The two ends judge the same packet by their own policies, and either can deny it. */
  *#atEitherEnd(flow: ReplayFlow, policies: readonly PolicyObject[]): Generator<Pause, ReplayVerdict> {
    const own = yield* this.#verdict(flow, policies);
    const other = own.verdict === 'deny' ? undefined : otherEnd(flow);
    if (other === undefined) return own;
    const verdict = yield* this.#verdict(other, policies);
    return verdict.verdict === 'deny' ? verdict : own;
  }

  *#verdict(flow: ReplayFlow, policies: readonly PolicyObject[]): Generator<Pause, ReplayVerdict> {
    const steps = this.#replayer.verdictOf(flow, policies);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      yield PAUSE;
    }
  }
}

/** The rule that the finding is about has a part that the second evaluator does not know, so that it may be about any flow. */
function mayAllow({ verdict, by }: ReplayVerdict, { field = '' }: Finding): boolean {
  return verdict === 'unknown' && by.some((ref) => field === ref.field || field.startsWith(`${ref.field}.`));
}

/** What a policy opens it opens by itself; what the second evaluator does not model it does not contradict. */
function ofPitfall({ id, subject, field, facts }: Finding, { verdict }: ReplayVerdict): Replayed {
  const isDeny = 'verdict' in facts && facts.verdict === 'deny';
  const isOpen = verdict === 'allow' || verdict === 'unknown' || (isDeny && verdict === 'default-deny');
  if (isOpen) return { kind: 'agrees' };
  return { kind: 'disagrees', detail: `${id} of ${formatRef(subject)} ${field ?? ''}: ${verdict}` };
}

/** Those that agents read and take. */
function* clusterNetworkPolicies(view: ClusterView): Iterable<ObjectRef> {
  if (!view.settings.config.policyKinds.has('ClusterNetworkPolicy')) return;
  for (const { kind, object } of view.policies()) {
    if (kind === 'parsed' && object.kind === 'ClusterNetworkPolicy') yield object;
  }
}

function blamed({ causes }: Finding): readonly ObjectRef[] {
  return [...new Map(causes.map(({ object }) => [formatRef(object), object])).values()];
}

function written(refs: readonly ObjectRef[], view: ClusterView): readonly PolicyObject[] {
  return refs.flatMap((ref) => view.policyObject(ref) ?? []);
}

/** The subject of the policy is the destination of an ingress flow and the source of an egress flow. */
function ownEnd({ direction, source, destination, protocol, port }: Flow): ReplayFlow | undefined {
  const [subject, peer] = direction === 'ingress' ? [destination, source] : [source, destination];
  if (subject.kind !== 'endpoint') return undefined;
  return { direction, subject: subject.labels, peer: replayPeer(peer), protocol, port };
}

/** undefined: no agent of this cluster polices the peer. */
function otherEnd({ direction, subject, peer, protocol, port }: ReplayFlow): ReplayFlow | undefined {
  if (peer.kind !== 'endpoint' || !isPoliced(peer.labels)) return undefined;
  const opposite = direction === 'ingress' ? 'egress' : 'ingress';
  return { direction: opposite, subject: peer.labels, peer: { kind: 'endpoint', labels: subject }, protocol, port };
}

/** Of the reserved identities only these are endpoints that an endpointSelector can mean. */
const POLICED: ReadonlySet<string> = new Set(['health', 'init']);

function isPoliced(labels: LabelArray): boolean {
  return labels.every(({ source, key }) => source !== 'reserved' || POLICED.has(key));
}

function replayPeer(end: FlowEnd): ReplayPeer {
  return end.kind === 'endpoint' ? { kind: 'endpoint', labels: end.labels } : end;
}
