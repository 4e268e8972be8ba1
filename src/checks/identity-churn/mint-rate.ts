/**
 * mint-rate: a tenant mints identities faster than anybody deploys.
 *
 * Each tenant has a bucket of new identities, of which what is admitted takes one (src/review/ledger/). While half of the range
 * is free an empty bucket hurts nobody: advice. A rate needs time: files have none.
 * Cost: O(1).
 */
import { subjectOf } from '../../cluster/change.ts';
import type { Answer } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { podLabelsField } from '../facts/label-patch.ts';
import { isBeyond, rangeUse } from '../facts/range-use.ts';
import { newIdentity } from '../facts/tenant-budget.ts';

/** Of the range: below, there is time until the collection. */
const SCARCE_PERCENT = 50;

export function* mintRate(context: ChangeContext): Iterable<Answer> {
  const { current, ledger, settings, submission } = context;
  const { change } = submission;
  const minting = context.fact(newIdentity);
  if (minting === undefined || change.op === 'bind' || change.op === 'delete') return;
  const tenant = current.tenantOf(minting.namespace);
  if (ledger.mayMint(tenant, settings.mintRate)) return;
  const isScarce = isBeyond(rangeUse(context), SCARCE_PERCENT);
  const { perMinute, burst } = settings.mintRate;
  yield {
    id: 'mint-rate',
    severity: isScarce && !minting.judgedAtOwner ? 'violation' : 'advice',
    certainty: identityCertainty(current.settings),
    subject: subjectOf(change),
    audience: 'author',
    field: podLabelsField(change.after),
    facts: { newIdentities: 1, perMinute, burst },
    details: { tenant },
    causes: [],
    proposals: [
      {
        kind: 'words',
        text: `try again in a minute: ${perMinute} more may come by then; or let pods share labels`,
      },
    ],
  };
}
