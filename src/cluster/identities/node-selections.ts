/**
 * Which of the identities that every agent knows a selector selects: by their prefixes, else by its rarest label.
 *
 * Cost: a selector with prefixes O(its prefixes x log identities + what they leave); any other O(identities with its rarest
 * label), all of them where it has no positive requirement.
 */
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { Prefix } from '../../cilium/policy/cidr.ts';
import { hasWorldLabel, matches, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import { LabelIndex } from './label-index.ts';
import { PrefixIndex } from './prefix-index.ts';

export class NodeSelections {
  readonly #labels: ReadonlyMap<NumericIdentity, LabelArray>;
  readonly #prefixes: PrefixIndex;
  /** Of labels that are no prefix. */
  readonly #byLabel = new LabelIndex();
  readonly #withoutPrefix: readonly NumericIdentity[];

  constructor(
    labels: ReadonlyMap<NumericIdentity, LabelArray>,
    prefixes: Iterable<readonly [NumericIdentity, Prefix]>,
  ) {
    const prefixed = new Map(prefixes);
    this.#labels = labels;
    this.#prefixes = new PrefixIndex(prefixed);
    this.#withoutPrefix = [...labels.keys()].filter((id) => !prefixed.has(id));
    for (const [id, array] of labels) {
      this.#byLabel.add(
        id,
        array.filter(({ source }) => source !== 'cidr'),
      );
    }
  }

  of(selector: EndpointSelector): IdentitySet {
    const selected: NumericIdentity[] = [];
    const prefixes = selector.requirements.filter(isOnPrefix);
    const rest = { ...selector, requirements: selector.requirements.filter((other) => !isOnPrefix(other)) };
    for (const id of this.#candidates(prefixes, rest)) {
      const labels = this.#labels.get(id);
      if (labels === undefined || !matches(rest, labels)) continue;
      // Without requirements it would be the wildcard, for which nobody asks.
      if (rest.requirements.length > 0 || selector.origin !== 'cidr' || hasWorldLabel(labels)) selected.push(id);
    }
    return Uint32Array.from(selected).sort();
  }

  /** All for which the requirements on prefixes hold, less some for which the rest does not. */
  *#candidates(prefixes: readonly Requirement[], rest: EndpointSelector): Iterable<NumericIdentity> {
    if (prefixes.length === 0) {
      const indexed = { ...rest, requirements: rest.requirements.filter((requirement) => !mayBePrefix(requirement)) };
      yield* this.#byLabel.candidates(indexed) ?? this.#labels.keys();
      return;
    }
    yield* this.#prefixes.meeting(prefixes);
    if (prefixes.every(({ operator }) => operator === 'DoesNotExist')) yield* this.#withoutPrefix;
  }
}

/** Compared by containment. Values in such a requirement are written by hand, and rare. */
function isOnPrefix({ source, operator }: Requirement): boolean {
  return source === 'cidr' && (operator === 'Exists' || operator === 'DoesNotExist');
}

/** Of any source, a cidr label is found by its text. */
function mayBePrefix({ source, key }: Requirement): boolean {
  return source === 'cidr' || (source === 'any' && key.includes('/'));
}
