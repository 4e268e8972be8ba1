/**
 * Witnesses of violations, asked of the second evaluator, which shares no code with the first.
 *
 * The policy alone has to allow the flow, and with the clusterwide policies that are blamed it has to be denied. Anything
 * else is a fault of one of the two evaluators: such a finding is no violation, in any mode and in an audit.
 */
import { PAUSE, type Finding, type Flow, type FlowEnd, type Pause } from '../checks/check.ts';
import { formatRef, type ObjectRef, type PolicyObject } from '../cilium/objects.ts';
import type { ReplayFlow, ReplayPeer, ReplayVerdict } from '../cilium/replay/flow.ts';
import { replay } from '../cilium/replay/replay.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { ReplayMismatch, Unknown } from './results.ts';

export type Replayed =
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

/** `view` holds the policies that the findings are about. */
export function* replayWitnesses(findings: readonly Finding[], view: ClusterView): Generator<Pause, Witnesses> {
  const unconfirmed = new Set<Finding>();
  const unknowns: Unknown[] = [];
  const replayMismatches: ReplayMismatch[] = [];
  for (const finding of findings) {
    if (finding.witness === undefined || finding.severity !== 'violation') continue;
    yield PAUSE;
    const replayed = replayWitness(finding, finding.witness, view);
    if (replayed.kind === 'agrees') continue;
    unconfirmed.add(finding);
    if (replayed.kind === 'disagrees') replayMismatches.push({ finding: finding.id, detail: replayed.detail });
    else unknowns.push({ reason: `a witness could not be replayed: ${replayed.reason}`, ...fieldOf(finding) });
  }
  return { unconfirmed, unknowns, replayMismatches };
}

function fieldOf({ field }: Finding): Pick<Unknown, 'path'> {
  return field === undefined ? {} : { path: field };
}

/** For a finding that has a witness; `view` holds the submitted policy. */
export function replayWitness(finding: Finding, witness: Flow, view: ClusterView): Replayed {
  const flow = ownEnd(witness);
  if (flow === undefined) return { kind: 'unknown', reason: 'the subject of the witness is no endpoint' };
  const submitted = written([finding.subject], view);
  const denies = written(blamed(finding), view);
  const alone = replay(flow, submitted, view.settings);
  const together = deniedAtEitherEnd(flow, [...submitted, ...denies], view);
  for (const { verdict, reason } of [alone, together]) if (verdict === 'unknown') return { kind: 'unknown', reason };
  if (alone.verdict === 'allow' && together.verdict === 'deny') return { kind: 'agrees' };
  const where = `${finding.id} of ${formatRef(finding.subject)} ${finding.field ?? ''}`;
  return { kind: 'disagrees', detail: `${where}: alone ${alone.verdict}, with the denies ${together.verdict}` };
}

/** The two ends judge the same packet by their own policies, and either can deny it. */
function deniedAtEitherEnd(flow: ReplayFlow, policies: readonly PolicyObject[], view: ClusterView): ReplayVerdict {
  const own = replay(flow, policies, view.settings);
  const other = own.verdict === 'deny' ? undefined : otherEnd(flow);
  if (other === undefined) return own;
  const verdict = replay(other, policies, view.settings);
  return verdict.verdict === 'deny' ? verdict : own;
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
  if (peer.kind !== 'endpoint') return undefined;
  const opposite = direction === 'ingress' ? 'egress' : 'ingress';
  return { direction: opposite, subject: peer.labels, peer: { kind: 'endpoint', labels: subject }, protocol, port };
}

function replayPeer(end: FlowEnd): ReplayPeer {
  return end.kind === 'endpoint' ? { kind: 'endpoint', labels: end.labels } : end;
}
