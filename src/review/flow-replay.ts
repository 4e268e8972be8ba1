/**
 * What the second evaluator says of a flow that the first has judged: from the written policies, and one end at a time.
 *
 * Cost: O(rule elements of all policies).
 */
import type { Label, LabelArray } from '../cilium/identity/label.ts';
import type { Kind, PolicyObject } from '../cilium/objects.ts';
import type { ReplayFlow, ReplayPeer } from '../cilium/replay/flow.ts';
import { replay } from '../cilium/replay/replay.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Endpoint, FlowPlace, SideFlow } from './flow-place.ts';
import type { FlowSide } from './explanations.ts';

export interface ReplayedSide extends SideFlow {
  readonly subject: Endpoint;
  /** Of the peer's identity, as this end takes it. */
  readonly labels: LabelArray;
}

/** What to tell in place of a verdict; undefined where the two agree, or one of them does not know. */
export function disagreement(verdict: FlowSide['verdict'], flow: ReplayedSide, view: ClusterView): string | undefined {
  const replayed = replay(replayFlow(flow), readPolicies(view), view.settings);
  if (verdict === 'unknown' || replayed.verdict === 'unknown') return undefined;
  if ((replayed.verdict === 'allow') === (verdict === 'allow')) return undefined;
  return `the two evaluators disagree (${verdict} and ${replayed.verdict}): this is a bug, please report it`;
}

/** Those that agents read and take. */
function* readPolicies(view: ClusterView): Iterable<PolicyObject> {
  const kinds: ReadonlySet<Kind> = view.settings.config.policyKinds;
  for (const { kind, object } of view.policies()) {
    const policy = kind === 'parsed' && kinds.has(object.kind) ? view.policyObject(object) : undefined;
    if (policy !== undefined) yield policy;
  }
}

function replayFlow({ direction, subject, peer, labels, asked: { protocol, port } }: ReplayedSide): ReplayFlow {
  return { direction, subject: subject.labels, peer: replayPeer(peer, labels), protocol, port };
}

/** An address with what its identity has besides the world and cidr labels; one of a node is that node. */
function replayPeer(peer: FlowPlace, labels: LabelArray): ReplayPeer {
  if (peer.kind === 'endpoint' || !labels.some(isOfWorld)) return { kind: 'endpoint', labels };
  const own = labels.filter((label) => label.source !== 'cidr' && !isOfWorld(label));
  return { kind: 'address', address: peer.address, labels: own };
}

function isOfWorld({ source, key }: Label): boolean {
  return source === 'reserved' && key.startsWith('world');
}
