/**
 * gc-stalled: identities that should have been collected are still there.
 *
 * The operator does not run, or cannot collect: the platform's problem, counted against no tenant. Files tell nothing of since
 * when an identity is unused: there nothing is ever stalled.
 * Cost: O(those identities).
 */
import type { Answer } from '../check.ts';
import type { StateContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { ciliumConfigRef } from '../facts/cilium-config-ref.ts';

export function* gcStalled({ view }: StateContext): Iterable<Answer> {
  const { identities, oldestMinutes } = view.usage.overdue();
  if (identities === 0) return;
  yield {
    id: 'gc-stalled',
    severity: 'advice',
    certainty: identityCertainty(view.settings),
    subject: ciliumConfigRef(view),
    audience: 'platform',
    facts: { identities, oldestMinutes },
    causes: [],
    proposals: [
      {
        kind: 'words',
        text: 'look after cilium-operator: whether it runs, is the leader, and may delete CiliumIdentity objects',
      },
    ],
  };
}
