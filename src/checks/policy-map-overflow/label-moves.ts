/**
 * The identities that pods of a change leave and take: one move for a pod or workload, one for each key and each set of
 * named ports of a relabelled namespace.
 *
 * Cost: O(1); a namespace O(its pods), once for all checks.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { namedPorts, type NamedPortMap } from '../../cilium/named-ports.ts';
import type { Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { mintingOf, takenIdentity } from '../facts/minting.ts';
import { judgementOf } from '../facts/owner-judgement.ts';
import { byPorts, namespaceRelabel } from '../facts/relabelled-pods.ts';

export interface LabelMove {
  /** Absent for pods that are new. */
  readonly from?: LabelArray;
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  /** Of the pods that move. */
  readonly ports: NamedPortMap;
  /** Whether no identity has these labels yet: then every map that selects them grows. */
  readonly isMinted: boolean;
}

export interface LabelMoves {
  readonly namespace: string;
  readonly moves: readonly LabelMove[];
  /** Judged where the labels were written, or a binding: nothing is held against this change. */
  readonly isAdviceOnly: boolean;
}

export function* labelMoves(context: ChangeContext): Generator<Pause, LabelMoves | undefined> {
  const minting = context.fact(mintingOf);
  if (minting.kind === 'minted') {
    const { namespace, key, labels, identityBefore } = minting;
    const from = identityBefore?.kind === 'global' ? { from: identityBefore.labels } : {};
    const isAdviceOnly = minting.judgedAtOwner || context.submission.change.op === 'bind';
    return {
      namespace,
      moves: [{ ...from, key, labels, ports: namedPorts(minting.shape.ports), isMinted: true }],
      isAdviceOnly,
    };
  }
  return movedToKnown(context) ?? (yield* namespaceMoves(context));
}

/** Of pods and workloads: whether they take identities whose maps are there, and leave none. */
export function movesNothing(context: ChangeContext): boolean {
  return movedToKnown(context) === undefined;
}

/**
 * New pods with an identity that somebody uses find its map there; those that had another identity leave its map. An identity
 * that is minted has none yet.
 */
function movedToKnown(context: ChangeContext): LabelMoves | undefined {
  const {
    current,
    submission: { change },
  } = context;
  const taken = context.fact(takenIdentity);
  if (taken?.identity.kind !== 'global') return undefined;
  const { namespace, before, after, object } = taken.shapes;
  const { key, labels } = taken.identity;
  const left = before === undefined ? undefined : current.identityOfShape(before, namespace);
  const hasLeft = left?.kind === 'global';
  if (hasLeft ? left.key === key : current.isKeyUsed(key)) return undefined;
  const isAdviceOnly = change.op === 'bind' || judgementOf(object, context).judgedAtOwner;
  const from = hasLeft ? { from: left.labels } : {};
  return {
    namespace,
    moves: [{ ...from, key, labels, ports: namedPorts(after.ports), isMinted: false }],
    isAdviceOnly,
  };
}

function* namespaceMoves(context: ChangeContext): Generator<Pause, LabelMoves | undefined> {
  const relabel = yield* namespaceRelabel(context);
  if (relabel.kind !== 'relabelled') return undefined;
  const minted = new Set(relabel.minted.map(({ key }) => key));
  const moves = relabel.changes.flatMap(byPorts).map(({ key, labels, labelsBefore, ports }) => {
    return { from: labelsBefore, key, labels, ports, isMinted: minted.has(key) };
  });
  return { namespace: relabel.namespace, moves, isAdviceOnly: false };
}
