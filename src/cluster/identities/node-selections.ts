/**
 * Which of the identities that every agent knows a selector selects: by their prefixes, and by what else they carry.
 *
 * Thousands of prefixes carry the same labels besides their own cidr label: identities with the same rest are of one kind, and
 * what a selector asks of the rest is asked once for a kind.
 * Invariant: each identity that was added and not removed is of one kind, and in the index of prefixes if it has a cidr label.
 * Cost: a selector O(its prefixes x log identities + kinds with its rarest label + what these leave).
 */
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import { canonicalKey, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { chain } from '../../cilium/chain.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { prefixOfLabelKey, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import { isReached, matches, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import { LabelIndex } from './label-index.ts';
import { PrefixIndex } from './prefix-index.ts';

interface Kind {
  readonly number: number;
  /** All but the cidr label. */
  readonly labels: LabelArray;
  readonly withPrefix: Set<NumericIdentity>;
  readonly withoutPrefix: Set<NumericIdentity>;
}

interface Held {
  readonly labels: LabelArray;
  readonly prefix: Prefix | undefined;
  readonly kind: Kind;
}

export class NodeSelections {
  readonly #held = new Map<NumericIdentity, Held>();
  /** Those that may have more cidr labels than one: few. */
  readonly #whole = new Map<NumericIdentity, LabelArray>();
  readonly #prefixes = new PrefixIndex();
  readonly #kinds = new Map<CanonicalKey, Kind>();
  readonly #kindByNumber = new Map<number, Kind>();
  /** Of kinds, by their number. */
  readonly #byLabel = new LabelIndex();
  #kindsMade = 0;

  get size(): number {
    return this.#held.size + this.#whole.size;
  }

  /** In the order in which they were added. */
  *ids(): Iterable<NumericIdentity> {
    yield* this.#held.keys();
    yield* this.#whole.keys();
  }

  labelsOf(id: NumericIdentity): LabelArray | undefined {
    return this.#held.get(id)?.labels ?? this.#whole.get(id);
  }

  /** With several cidr labels, perhaps: each selector is held against all of its labels. It stays. */
  addWhole(id: NumericIdentity, labels: LabelArray): void {
    this.#whole.set(id, labels);
  }

  /** `prefix` is that of its cidr label, if it has one. */
  add(id: NumericIdentity, labels: LabelArray, prefix?: Prefix): void {
    const kind = this.#kindOf(prefix === undefined ? labels : labels.filter(({ source }) => source !== 'cidr'));
    this.#held.set(id, { labels, prefix, kind });
    if (prefix === undefined) kind.withoutPrefix.add(id);
    else {
      kind.withPrefix.add(id);
      this.#prefixes.add(id, prefix);
    }
  }

  remove(id: NumericIdentity): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    const { kind, prefix } = held;
    this.#held.delete(id);
    if (prefix !== undefined) this.#prefixes.remove(id, prefix);
    kind.withPrefix.delete(id);
    kind.withoutPrefix.delete(id);
    if (kind.withPrefix.size + kind.withoutPrefix.size > 0) return;
    this.#kinds.delete(canonicalKey(kind.labels));
    this.#kindByNumber.delete(kind.number);
    this.#byLabel.remove(kind.number, kind.labels);
  }

  of(selector: EndpointSelector): IdentitySet {
    const question = questionOf(selector);
    if (question === undefined) return new Uint32Array(0);
    const kinds = this.#kindsTaking(question.rest);
    const spelled = new Set(question.spelled.flatMap((prefix) => [...this.#prefixes.at(prefix)]));
    const ids: NumericIdentity[] = [];
    for (const id of this.#candidates(question, kinds)) if (!spelled.has(id)) ids.push(id);
    for (const id of spelled) if (matches(selector, this.labelsOf(id) ?? [])) ids.push(id);
    for (const [id, labels] of this.#whole) if (matches(selector, labels)) ids.push(id);
    return Uint32Array.from(ids).sort();
  }

  *#candidates({ prefixes }: Question, kinds: ReadonlySet<Kind>): Iterable<NumericIdentity> {
    if (kinds.size === 0) return;
    if (prefixes.length === 0) {
      for (const { withPrefix, withoutPrefix } of kinds) yield* chain([withPrefix, withoutPrefix]);
      return;
    }
    for (const id of this.#prefixes.meeting(prefixes)) {
      const kind = this.#held.get(id)?.kind;
      if (kind !== undefined && kinds.has(kind)) yield id;
    }
    if (prefixes.some(({ operator }) => operator === 'Exists')) return;
    for (const { withoutPrefix } of kinds) yield* withoutPrefix;
  }

  #kindsTaking(rest: EndpointSelector): ReadonlySet<Kind> {
    const taking = new Set<Kind>();
    for (const number of this.#byLabel.candidates(rest)?.identities ?? this.#kindByNumber.keys()) {
      const kind = this.#kindByNumber.get(number);
      if (kind !== undefined && takes(rest, kind.labels)) taking.add(kind);
    }
    return taking;
  }

  #kindOf(labels: LabelArray): Kind {
    return getOrMake(this.#kinds, canonicalKey(labels), () => {
      const kind = {
        number: ++this.#kindsMade,
        labels,
        withPrefix: new Set<number>(),
        withoutPrefix: new Set<number>(),
      };
      this.#kindByNumber.set(kind.number, kind);
      this.#byLabel.add(kind.number, labels);
      return kind;
    });
  }
}

interface Question {
  /** Compared by containment: each `Exists` or `DoesNotExist`. */
  readonly prefixes: readonly Requirement[];
  /** What is asked of a kind. */
  readonly rest: EndpointSelector;
  /** Prefixes that the rest spells as a key of any source, so that their identities are no matter of the kind alone. */
  readonly spelled: readonly Prefix[];
}

/** undefined: it asks for a cidr label with a value, which none has. */
function questionOf(selector: EndpointSelector): Question | undefined {
  const prefixes: Requirement[] = [];
  const others: Requirement[] = [];
  const spelled: Prefix[] = [];
  for (const requirement of selector.requirements) {
    if (requirement.source === 'cidr') {
      const contained = onPrefix(requirement);
      if (contained === 'never') return undefined;
      if (contained !== 'always') prefixes.push(contained);
      continue;
    }
    others.push(requirement);
    const prefix = requirement.source === 'any' ? prefixOfLabelKey(requirement.key) : undefined;
    if (prefix !== undefined) spelled.push(prefix);
  }
  return { prefixes, rest: { ...selector, requirements: others }, spelled };
}

/** The value of a cidr label is empty, and no key of one has a value in it. Values in such a requirement are written by hand. */
function onPrefix(requirement: Requirement): Requirement | 'always' | 'never' {
  const isMet = requirement.encoded !== true && requirement.values.includes('');
  switch (requirement.operator) {
    case 'Exists':
    case 'DoesNotExist':
      return requirement;
    case 'In':
      return isMet ? { ...requirement, operator: 'Exists', values: [] } : 'never';
    case 'NotIn':
      return isMet ? { ...requirement, operator: 'DoesNotExist', values: [] } : 'always';
  }
}

/** Without requirements the whole selector would be the wildcard, for which nobody asks. */
function takes(rest: EndpointSelector, labels: LabelArray): boolean {
  return rest.requirements.length > 0 ? matches(rest, labels) : isReached(rest, labels);
}
