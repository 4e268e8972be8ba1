/**
 * A peer that takes in what it excludes: in 1.20 it selects the aggregate identities as well, which have none of the labels, and
 * the datapath asks for the aggregate of whoever has no entry of its own (pkg/policy/aggregate.go).
 */
import { PAUSE, type Pause } from '../check.ts';
import type { Element } from './element.ts';
import { portIn } from './example-flow.ts';
import type { Ground, Misreading } from './misreading.ts';
import { excludedLabels, negationsIn } from './negation.ts';

export function* negationTakesExcluded({ rule }: Element, { ends }: Ground): Iterable<Misreading | Pause> {
  const packet = portIn(rule.ports);
  if (packet === undefined) return;
  for (const negation of negationsIn(rule)) {
    if (negation === PAUSE) {
      yield PAUSE;
      continue;
    }
    const { peer, selector, meant, fix } = negation;
    const excluded = excludedLabels(selector);
    if (excluded === undefined) continue;
    yield {
      id: 'negation-takes-excluded',
      reason: 'aggregate',
      field: peer.ref.field,
      meant,
      flows: [{ peer: ends.somePod(rule, excluded), ...packet }],
      content: selector.key,
      fixes: [fix],
    };
  }
}
