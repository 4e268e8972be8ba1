/**
 * A denial's witness, asked of the second evaluator, which shares no code with the first.
 *
 * The submitted policy alone has to allow the flow, and with the clusterwide policies that are blamed it has to be denied.
 * Anything else is a fault of one of the two evaluators, and no reason to deny.
 */
import type { Finding, Flow, FlowEnd } from '../checks/check.ts';
import type { ObjectRef, PolicyObject } from '../cilium/objects.ts';
import { formatRef } from '../cilium/objects.ts';
import type { ReplayFlow, ReplayOptions, ReplayPeer } from '../cilium/replay/flow.ts';
import { replay } from '../cilium/replay/replay.ts';
import type { ClusterView } from '../cluster/view.ts';

export type Replayed =
  | { readonly kind: 'agrees' }
  /** The second evaluator does not model something in these rules. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'disagrees'; readonly detail: string };

/** For a finding that has a witness; `view` holds the submitted policy. */
export function replayWitness(finding: Finding, witness: Flow, view: ClusterView): Replayed {
  const flow = replayFlow(witness);
  if (flow === undefined) return { kind: 'unknown', reason: 'the subject of the witness is no endpoint' };
  const submitted = written([finding.subject], view);
  const alone = verdictOf(flow, submitted, view.settings);
  const together = verdictOf(flow, [...submitted, ...written(blamed(finding), view)], view.settings);
  if (alone.verdict === 'unknown') return { kind: 'unknown', reason: alone.reason };
  if (together.verdict === 'unknown') return { kind: 'unknown', reason: together.reason };
  if (alone.verdict === 'allow' && together.verdict === 'deny') return { kind: 'agrees' };
  return {
    kind: 'disagrees',
    detail: `${finding.id} of ${formatRef(finding.subject)} ${finding.field ?? ''}: alone ${alone.verdict}, with the denies ${together.verdict}`,
  };
}

function verdictOf(flow: ReplayFlow, policies: readonly PolicyObject[], options: ReplayOptions) {
  return replay(flow, policies, options);
}

function blamed({ causes }: Finding): readonly ObjectRef[] {
  return [...new Map(causes.map(({ object }) => [formatRef(object), object])).values()];
}

function written(refs: readonly ObjectRef[], view: ClusterView): readonly PolicyObject[] {
  return refs.flatMap((ref) => view.policyObject(ref) ?? []);
}

/** The subject of the policy is the destination of an ingress flow and the source of an egress flow. */
function replayFlow({ direction, source, destination, protocol, port }: Flow): ReplayFlow | undefined {
  const [subject, peer] = direction === 'ingress' ? [destination, source] : [source, destination];
  if (subject.kind !== 'endpoint') return undefined;
  return { direction, subject: subject.labels, peer: replayPeer(peer), protocol, port };
}

function replayPeer(end: FlowEnd): ReplayPeer {
  return end.kind === 'endpoint' ? { kind: 'endpoint', labels: end.labels } : end;
}
