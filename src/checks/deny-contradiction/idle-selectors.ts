/**
 * Peer selectors of a policy that no identity matches, though there was a day's time for one.
 *
 * Of an audit only: while a policy is new its peers may be on their way. An age that is not known is none.
 * Cost: O(peer items), each a look at what the model keeps of its selectors.
 */
import { unmapped, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { isOfPods } from './dead-selectors.ts';
import { itemsOf, MOST_UNITS, type PeerItem } from './units.ts';

const DAY = 24 * 60 * 60 * 1000;

/** How many whole days the policy is there; undefined where it is less than one, or not known. */
export function daysSince(created: number | undefined, now: number | undefined): number | undefined {
  if (created === undefined || now === undefined || now - created < DAY) return undefined;
  return Math.floor((now - created) / DAY);
}

export function* idleItems(rules: readonly Rule[], view: ClusterView): Generator<Pause, readonly PeerItem[]> {
  const idle: PeerItem[] = [];
  for (const rule of rules) {
    yield PAUSE;
    if (rule.subjectKind !== 'endpoint' || unmapped(rule.unsupported).length > 0) continue;
    for (const item of itemsOf(rule)) {
      if (!item.selectors.every(isPlain)) continue;
      yield PAUSE;
      if (item.selectors.some((selector) => view.selections(selector).length > 0)) continue;
      idle.push(item);
      if (idle.length === MOST_UNITS) return idle;
    }
  }
  return idle;
}

function isPlain(selector: EndpointSelector): boolean {
  return !isWildcard(selector) && selector.requirements.every(isOfPods);
}
