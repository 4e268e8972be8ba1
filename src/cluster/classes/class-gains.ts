/**
 * What one more identity adds to the map of a class, remembered by the selectors that select it.
 *
 * Entries of an identity follow from the peer selectors that take it, from its wildcard and its named ports, and from nothing
 * else of it: the hundredth pod of a deployment adds what the first one did. So a policy of thousands of rules is worked through
 * once, not for every identity that comes.
 * Invariant: bounded for each class; what is remembered goes with the class.
 * Cost: a look at each peer selector of the class, and the entries themselves where they are not remembered, in steps between
 * which the caller may pause.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import { listedSelectors } from '../../cilium/policy/rule.ts';
import { isWildcard, matches, type EndpointSelector, type SelectorKey } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../policy-class.ts';

const MOST_REMEMBERED = 256;
const LONGEST_KEY = 256;
const SELECTORS_PER_PAUSE = 4096;

interface Remembered {
  readonly selectors: readonly EndpointSelector[];
  /** By the selectors that take an identity, and its ground. */
  readonly gains: Map<string, number>;
}

export class ClassGains {
  readonly #remembered = new WeakMap<PolicyClass, Remembered>();

  /** `ground`: what else it follows from, its wildcard and the ports that the class knows by name. */
  *gainedSteps(
    policyClass: PolicyClass,
    labels: LabelArray,
    ground: string,
    compute: () => Generator<undefined, number>,
  ): Generator<undefined, number> {
    const { selectors, gains } = this.#rememberedOf(policyClass);
    const key = `${ground}:${yield* takenBy(selectors, labels)}`;
    const known = gains.get(key);
    if (known !== undefined) return known;
    const gained = yield* compute();
    if (key.length > LONGEST_KEY) return gained;
    if (gains.size >= MOST_REMEMBERED) gains.clear();
    gains.set(key, gained);
    return gained;
  }

  #rememberedOf(policyClass: PolicyClass): Remembered {
    let remembered = this.#remembered.get(policyClass);
    if (remembered === undefined) {
      remembered = { selectors: [...peersOf(policyClass)], gains: new Map() };
      this.#remembered.set(policyClass, remembered);
    }
    return remembered;
  }
}

/** The peer selectors of a class, each once, but for the wildcard, which gains nothing from one more identity. */
export function peersOf({ rules }: PolicyClass): Iterable<EndpointSelector> {
  const selectors = new Map<SelectorKey, EndpointSelector>();
  for (const { peers } of rules) {
    for (const selector of listedSelectors(peers)) if (!isWildcard(selector)) selectors.set(selector.key, selector);
  }
  return selectors.values();
}

function* takenBy(selectors: readonly EndpointSelector[], labels: LabelArray): Generator<undefined, string> {
  const taken: number[] = [];
  for (const [index, selector] of selectors.entries()) {
    if (matches(selector, labels)) taken.push(index);
    if (index % SELECTORS_PER_PAUSE === SELECTORS_PER_PAUSE - 1) yield;
  }
  return taken.join();
}
