/**
 * A denial's witness, asked of the second evaluator, which shares no code with the first.
 *
 * The submitted policy alone has to allow the flow, and with the clusterwide policies that are blamed it has to be denied.
 * Anything else is a fault of one of the two evaluators, and no reason to deny.
 */
import type { Finding, Flow, FlowEnd } from '../checks/check.ts';
import { formatRef, type ObjectRef, type PolicyObject } from '../cilium/objects.ts';
import type { ReplayFlow, ReplayPeer, ReplayVerdict } from '../cilium/replay/flow.ts';
import { replay } from '../cilium/replay/replay.ts';
import type { ClusterView } from '../cluster/view.ts';

export type Replayed =
  | { readonly kind: 'agrees' }
  /** The second evaluator does not model something in these rules. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'disagrees'; readonly detail: string };

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
