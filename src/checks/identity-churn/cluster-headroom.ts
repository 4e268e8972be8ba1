/**
 * cluster-headroom: the range of the whole cluster runs out, and this tenant has more than its fair share of it.
 *
 * The fair share is the largest number of identities that each tenant may have for all of them to stay within 85 % of the range,
 * if who has less keeps what it has. Nobody within it is denied anything: then the cluster is full, and the platform hears of it.
 * Cost: O(log range).
 */
import { subjectOf } from '../../cluster/change.ts';
import type { UsageLayer } from '../../cluster/usage/usage-layer.ts';
import type { Answer } from '../check.ts';
import type { ChangeContext, StateContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { ciliumConfigRef } from '../facts/cilium-config-ref.ts';
import { roomComesBack } from '../facts/collection-time.ts';
import { podLabelsField } from '../facts/label-patch.ts';
import { isBeyond, rangeUse, type RangeUse } from '../facts/range-use.ts';
import { budgetChanges, certaintyOf, runsIn, type BudgetChange } from '../facts/tenant-budget.ts';

/** Of the range. */
const ADVICE_PERCENT = 70;
const FULL_PERCENT = 90;
const SHARED_PERCENT = 85;
/** Whoever has fewer is nobody's problem. */
const LEAST_SHARE = 100;

export function* clusterHeadroom(context: ChangeContext): Iterable<Answer> {
  for (const change of yield* budgetChanges(context)) {
    const finding = change.minted === 0 ? undefined : headroomOf(change, context);
    if (finding === undefined) continue;
    yield finding;
    return;
  }
}

function headroomOf(change: BudgetChange, context: ChangeContext): Answer | undefined {
  const { current, submission } = context;
  const before = rangeUse(context);
  const after = { ...before, inUse: before.inUse + change.minted };
  if (!isBeyond(after, ADVICE_PERCENT)) return undefined;
  const share = fairShare(current.usage);
  const isAbove = change.after.keys > share;
  return {
    id: 'cluster-headroom',
    severity: breaksHeadroom(change, context) && !change.judgedAtOwner ? 'violation' : 'advice',
    certainty: certaintyOf(change, context),
    subject: subjectOf(submission.change),
    audience: isAbove ? 'author' : 'platform',
    ...('after' in submission.change ? { field: podLabelsField(submission.change.after) } : {}),
    facts: {
      newIdentities: change.minted,
      identitiesInUse: before.inUse,
      identitySpace: before.size,
      fairShare: share,
    },
    details: { owner: { tenant: change.tenant, identities: change.before.keys }, ...runsIn(change) },
    causes: [],
    proposals: isAbove ? [fixOf(change, share, current.usage)] : [],
  };
}

/** Whether a change takes from what is short more than the fair share of its tenant: relabel-namespace asks too. */
export function breaksHeadroom({ minted, after }: BudgetChange, context: ChangeContext): boolean {
  const use = rangeUse(context);
  const isFull = isBeyond({ ...use, inUse: use.inUse + minted }, FULL_PERCENT);
  return minted > 0 && isFull && after.keys > fairShare(context.current.usage);
}

/** How full the range is, for an audit. */
export function* standingHeadroom({ view }: StateContext): Iterable<Answer> {
  const use: RangeUse = { inUse: view.usage.numbersInUse, size: view.usage.rangeSize };
  if (!isBeyond(use, ADVICE_PERCENT)) return;
  yield {
    id: 'cluster-headroom',
    severity: 'advice',
    certainty: identityCertainty(view.settings),
    subject: ciliumConfigRef(view),
    audience: 'platform',
    facts: {
      newIdentities: 0,
      identitiesInUse: use.inUse,
      identitySpace: use.size,
      fairShare: fairShare(view.usage),
    },
    details: {},
    causes: [],
    proposals: [],
  };
}

function fairShare(usage: UsageLayer): number {
  const share = usage.fairShare(Math.floor((usage.rangeSize * SHARED_PERCENT) / 100));
  return Math.min(usage.rangeSize, Math.max(LEAST_SHARE, share));
}

function fixOf({ tenant, after }: BudgetChange, share: number, usage: UsageLayer) {
  const room = roomComesBack(usage, tenant, after.keys - share);
  return { kind: 'words', text: room ?? 'let pods share labels, or delete workloads that are not needed' } as const;
}
