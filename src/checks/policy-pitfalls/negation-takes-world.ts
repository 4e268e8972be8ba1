/**
 * A peer that excludes namespaces, and takes in the world: in 1.18, and later where policy-default-local-cluster is off.
 */
import { PAUSE, type Pause } from '../check.ts';
import type { Element } from './element.ts';
import type { Ground, Misreading } from './misreading.ts';
import { asksForMoreThanPods, negationsTaking } from './negation.ts';

export function* negationTakesWorld({ rule }: Element, { ends }: Ground): Iterable<Misreading | Pause> {
  const found = negationsTaking(rule, (selector) => (asksForMoreThanPods(selector) ? undefined : ends.outside()));
  for (const part of found) yield part === PAUSE ? PAUSE : { id: 'negation-takes-world', reason: 'world', ...part };
}
