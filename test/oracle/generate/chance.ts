/**
 * Choices that generators make, on top of the seeded generator of test/support: the same seed, the same case.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';

export function chance(likelihood: number, random: Random): boolean {
  return random() < likelihood;
}

/** From one to `limit` of them. */
export function several<Item>(limit: number, random: Random, make: (random: Random) => Item): readonly Item[] {
  return Array.from({ length: 1 + below(limit, random) }, () => make(random));
}

/** One of the makers, by weight. */
export function weighted<Item>(
  makers: readonly (readonly [weight: number, make: (random: Random) => Item])[],
  random: Random,
): Item {
  let left = random() * makers.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of makers) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return pick(makers, random)[1](random);
}

/** `fields` with the likelihood, else nothing: to be spread into an object. */
export function maybe<Fields extends object>(
  likelihood: number,
  random: Random,
  make: (random: Random) => Fields,
): Fields | Record<string, never> {
  return chance(likelihood, random) ? make(random) : {};
}
