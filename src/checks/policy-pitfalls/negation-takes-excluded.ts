/**
 * A peer that takes in what it excludes: in 1.20 it selects the aggregate identities as well, which have none of the labels, and
 * the datapath asks for the aggregate of whoever has no entry of its own (pkg/policy/aggregate.go).
 */
import { PAUSE, type Pause } from '../check.ts';
import type { Element } from './element.ts';
import type { Ground, Misreading } from './misreading.ts';
import { excludedLabels, negationsTaking } from './negation.ts';

export function* negationTakesExcluded({ rule }: Element, { ends }: Ground): Iterable<Misreading | Pause> {
  const found = negationsTaking(rule, (selector) => {
    const excluded = excludedLabels(selector);
    return excluded === undefined ? undefined : ends.somePod(rule, excluded);
  });
  for (const part of found)
    yield part === PAUSE ? PAUSE : { id: 'negation-takes-excluded', reason: 'aggregate', ...part };
}
