/**
 * The little that the policy map of an endpoint has to know to answer for one peer: the peer itself, and the aggregate that the
 * datapath asks besides. Entries of one identity meet only those of its own and of its wildcard.
 */
import { identitySet } from '../../cilium/identity/identity-set.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import { reservedIdentities } from '../../cilium/identity/numeric-identity.ts';
import { wildcardFor } from '../../cilium/policy/map/aggregates.ts';
import type { Selections } from '../../cilium/policy/map/contributions.ts';
import { matches } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';

export interface Present {
  readonly identity: number;
  readonly labels: LabelArray;
}

/** The peer first. */
export function presentWith(peer: Present, settings: Settings): readonly Present[] {
  const wildcard = wildcardFor(peer.identity, settings);
  // 0 is none, and no selector takes it.
  const { labels = [] } = reservedIdentities(settings.profile).find(({ id }) => id === wildcard) ?? {};
  return labels.length === 0 ? [peer] : [peer, { identity: wildcard, labels }];
}

export function selectionsAmong(present: readonly Present[]): Selections['selections'] {
  return (selector) =>
    identitySet(present.filter(({ labels }) => matches(selector, labels)).map(({ identity }) => identity));
}
