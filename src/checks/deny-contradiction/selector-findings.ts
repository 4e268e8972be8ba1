/**
 * Peer selectors that take nobody, as findings: for good, or in an audit for as long as the policy is there.
 */
import { refOf, type PolicyObject } from '../../cilium/objects.ts';
import { rulesOf } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type FindingOf, type Pause } from '../check.ts';
import { verdictCertainty } from '../facts/certainty.ts';
import { factsOf } from './assess.ts';
import { deadSelectors, type DeadSelector } from './dead-selectors.ts';
import { daysSince, idleItems } from './idle-selectors.ts';
import type { PeerItem } from './units.ts';

type DeadSelectorFinding = FindingOf<'dead-selector'>;

/** Items that can match no identity. Nothing where the label filter is not known. */
export function* deadSelectorFindings(
  policy: PolicyObject,
  view: ClusterView,
): Generator<Pause | DeadSelectorFinding, readonly PeerItem[]> {
  const { settings } = view;
  if (settings.filter.kind !== 'known') return [];
  const rules = rulesOf(view.policy(refOf(policy)));
  const dead = yield* deadSelectors(rules, factsOf(settings, settings.filter.filter));
  for (const found of dead) {
    yield PAUSE;
    yield { ...findingOf(policy, found.item, view), ...provenParts(found), audience: 'author' };
  }
  return dead.map(({ item }) => item);
}

/** Items that match none now, but for those of which that was said. `now`: where ages are known. */
export function* idleSelectorFindings(
  policy: PolicyObject,
  { view, now }: { readonly view: ClusterView; readonly now: number | undefined },
  said: readonly PeerItem[],
): Iterable<Pause | DeadSelectorFinding> {
  const days = daysSince(policy.created, now);
  if (days === undefined) return;
  const fields = new Set(said.map(({ field }) => field));
  for (const item of yield* idleItems(rulesOf(view.policy(refOf(policy))), view)) {
    yield PAUSE;
    if (fields.has(item.field)) continue;
    const text = 'take it out, unless what it is meant for is still to come';
    yield {
      ...findingOf(policy, item, view),
      facts: { reason: 'no-identity' },
      details: { names: [], days },
      proposals: [{ kind: 'words', text }],
      audience: 'platform',
    };
  }
}

type Parts = Pick<DeadSelectorFinding, 'facts' | 'details' | 'proposals'>;

function provenParts(found: DeadSelector): Parts {
  const { reason } = found;
  switch (reason) {
    case 'filtered-label': {
      const text = 'select by labels that are part of identities; which are, the `labels` of cilium-config say';
      return parts(reason, found.keys, text);
    }
    case 'impossible-namespace':
      return parts(reason, found.names, 'name a namespace that there can be');
  }
}

function parts(reason: DeadSelector['reason'], names: readonly string[], text: string): Parts {
  return { facts: { reason }, details: { names, days: 0 }, proposals: [{ kind: 'words', text }] };
}

function findingOf(
  policy: PolicyObject,
  { field }: PeerItem,
  { settings }: ClusterView,
): Omit<DeadSelectorFinding, keyof Parts | 'audience'> {
  return {
    id: 'dead-selector',
    severity: 'advice',
    certainty: verdictCertainty(settings),
    subject: refOf(policy),
    field,
    causes: [],
  };
}
