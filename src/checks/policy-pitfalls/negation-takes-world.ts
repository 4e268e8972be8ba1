/**
 * A peer that excludes namespaces, and takes in the world: in 1.18, and later where policy-default-local-cluster is off.
 */
import { PAUSE, type Pause } from '../check.ts';
import type { Element } from './element.ts';
import { portIn } from './example-flow.ts';
import type { Ground, Misreading } from './misreading.ts';
import { asksForMoreThanPods, negationsIn } from './negation.ts';

export function* negationTakesWorld({ rule }: Element, { ends }: Ground): Iterable<Misreading | Pause> {
  const packet = portIn(rule.ports);
  if (packet === undefined) return;
  for (const negation of negationsIn(rule)) {
    if (negation === PAUSE) {
      yield PAUSE;
      continue;
    }
    const { peer, selector, meant, fix } = negation;
    if (asksForMoreThanPods(selector)) continue;
    yield {
      id: 'negation-takes-world',
      reason: 'world',
      field: peer.ref.field,
      meant,
      flows: [{ peer: ends.outside(), ...packet }],
      content: selector.key,
      fixes: [fix],
    };
  }
}
