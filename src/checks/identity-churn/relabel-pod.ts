/**
 * relabel-pod: a change of a running pod's labels (or a binding, which adds labels) that mints an identity.
 *
 * Advice: the labels may be needed; a loop of relabels is what hurts.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { ClusterView, ShapeIdentity } from '../../cluster/view.ts';
import type { Answer } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { mintingOf } from '../facts/minting.ts';

export function* relabelPod(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  const isRelabel = change.op === 'bind' || (change.op === 'update' && change.after.kind === 'Pod');
  if (!isRelabel) return;
  const minting = context.fact(mintingOf);
  if (minting.kind !== 'minted') return;
  yield {
    id: 'relabel-pod',
    severity: 'advice',
    certainty: identityCertainty(context.current.settings),
    subject: subjectOf(change),
    audience: 'author',
    ...(change.op === 'bind' ? {} : { field: 'metadata.labels' }),
    facts: { identityBefore: numberOf(minting.identityBefore, context.current), identityAfter: 'new' },
    causes: [],
    proposals: [],
  };
}

/** The lowest number of the key; `new` where no CiliumIdentity has it yet. */
function numberOf(identity: ShapeIdentity | undefined, view: ClusterView): NumericIdentity | 'new' {
  if (identity?.kind === 'reserved') return identity.id;
  if (identity?.kind !== 'global') return 'new';
  return view.identitiesWithKey(identity.key).find((id) => view.hasNumber(id)) ?? 'new';
}
