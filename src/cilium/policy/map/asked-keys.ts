/**
 * How many keys rules ask for before it is known whom their selectors select: selectors times blocks of ports.
 *
 * What the agent would have to merge, and we with it. Not the size of the map: keys of one identity meet, and a selector may
 * select nobody or thousands.
 * Cost: O(ports) until the limit is passed; of a single rule O(selectors), once its list of ports is known.
 */
import { getOrMake } from '../../get-or-make.ts';
import { portBlocks } from '../ports.ts';
import { listedSelectors, type Peers, type Ports, type Rule } from '../rule.ts';

/** More than a policy map holds by far, and some tens of milliseconds of merging. */
export const MOST_ASKED_KEYS = 2 ** 18;

export function asksForTooMuch(rules: readonly Rule[], limit = MOST_ASKED_KEYS): boolean {
  let keys = 0;
  for (const rule of rules) {
    for (const some of askedBy(rule)) {
      keys += some;
      if (keys > limit) return true;
    }
  }
  return false;
}

/** `blocks`: of the lists of ports that are known. Thousands of rules share one, which is walked once. */
export function askedKeys({ peers, ports }: Rule, blocks: Map<Ports, number>): number {
  return selectorCount(peers) * getOrMake(blocks, ports, () => blockCount(ports));
}

/** Keys for one peer. */
export function blockCount(ports: Ports): number {
  let count = 0;
  for (const some of blocksOf(ports)) count += some;
  return count;
}

function* askedBy({ peers, ports }: Rule): Iterable<number> {
  const selectors = selectorCount(peers);
  if (selectors === 0) return;
  for (const blocks of blocksOf(ports)) yield selectors * blocks;
}

function selectorCount(peers: Peers): number {
  return peers.kind === 'any' ? 1 : listedSelectors(peers).length;
}

function* blocksOf(ports: Ports): Iterable<number> {
  if (ports.kind === 'any') {
    yield 1;
    return;
  }
  for (const { first, last } of ports.items) yield portBlocks(first, last).length;
  yield (ports.names ?? []).length;
}
