/**
 * relabel-pod: a change of a running pod's labels (or a binding, which adds labels) that mints an identity.
 *
 * Advice: the labels may be needed; a loop of relabels is what hurts. A violation once the bucket of the tenant is empty, or one
 * pod minted more identities within ten minutes than anybody gives it by hand.
 * Cost: O(labels) once an identity is minted.
 */
import { labelOf } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { ClusterView, ShapeIdentity } from '../../cluster/view.ts';
import type { Answer, Fix } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import type { RelabelTrouble } from '../facts/findings/identity-churn.ts';
import { mintingOf, type MintedIdentity } from '../facts/minting.ts';
import { givenByController } from '../facts/owner-judgement.ts';
import { MOST_OF_ONE_POD, RELABEL_RATE } from '../settings.ts';
import { differingPodKeys } from './differing-keys.ts';
import { filterGap } from './filter-gap.ts';

export function* relabelPod(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  const isRelabel = change.op === 'bind' || (change.op === 'update' && change.after.kind === 'Pod');
  if (!isRelabel) return;
  const minting = context.fact(mintingOf);
  if (minting.kind !== 'minted' || context.ledger.isReserved(minting.key)) return;
  const given = givenLabels(minting, context);
  if (given.length > 0) {
    yield* filterGap(context, given, change.op === 'bind' ? 'binding' : 'controller');
    return;
  }
  const trouble = change.op === 'bind' ? undefined : troubleOf(minting, context);
  yield {
    id: 'relabel-pod',
    severity: trouble === undefined ? 'advice' : 'violation',
    certainty: identityCertainty(context.current.settings),
    subject: subjectOf(change),
    audience: 'author',
    ...(change.op === 'bind' ? {} : { field: 'metadata.labels' }),
    facts: { identityBefore: numberOf(minting.identityBefore, context.current), identityAfter: 'new' },
    details: trouble === undefined ? {} : { trouble },
    causes: [],
    proposals: trouble === undefined ? [] : [fixOf(trouble)],
  };
}

/** The labels that mint, where nobody chose any of them; else none. A Binding has what the scheduler and Kubernetes add. */
function givenLabels({ labels, identityBefore }: MintedIdentity, context: ChangeContext): readonly string[] {
  const { change } = context.submission;
  if (identityBefore?.kind !== 'global' || change.op === 'delete') return [];
  const changed = differingPodKeys(identityBefore.labels, labels) ?? [];
  const isGiven = change.op === 'bind' ? () => true : givenByController(change.after, context);
  return changed.every((key) => labelOf(labels, key) !== undefined && isGiven(key)) ? changed : [];
}

function troubleOf(
  minting: MintedIdentity,
  { current, ledger, submission }: ChangeContext,
): RelabelTrouble | undefined {
  if (isBackToTemplate(minting)) return undefined;
  const minted = ledger.mintsOf(subjectOf(submission.change)) + 1;
  if (minted > MOST_OF_ONE_POD) return { kind: 'loop', minted };
  const tenant = current.tenantOf(minting.namespace);
  return ledger.mayRelabel(tenant) ? undefined : { kind: 'rate', tenant };
}

/** What a stored owner gives was judged there: each label that changes is set to what its template says. */
function isBackToTemplate({ judgedTemplate, shape, shapeBefore }: MintedIdentity): boolean {
  if (judgedTemplate === undefined) return false;
  const changed = [...shape.labels].filter(([key, value]) => shapeBefore?.labels.get(key) !== value);
  return changed.every(([key, value]) => judgedTemplate.labels.get(key) === value);
}

function fixOf(trouble: RelabelTrouble): Fix {
  const keep = 'let what writes the label keep to one value, or write it to an annotation';
  const more = `${RELABEL_RATE.perMinute} more may come within a minute`;
  return { kind: 'words', text: trouble.kind === 'loop' ? keep : `try again later: ${more}; or ${keep}` };
}

/** The lowest number of the key; `new` where no CiliumIdentity has it yet. */
function numberOf(identity: ShapeIdentity | undefined, view: ClusterView): NumericIdentity | 'new' {
  if (identity?.kind === 'reserved') return identity.id;
  if (identity?.kind !== 'global') return 'new';
  return view.identitiesWithKey(identity.key).find((id) => view.hasNumber(id)) ?? 'new';
}
