/**
 * Label -> identities, so that a selector looks only at identities that have its rarest positive label.
 *
 * Invariant: holds exactly the labels of the identities that were added and not removed.
 * Cost: O(labels) to add or remove; candidates of a selector in O(requirements).
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import { encodedGroupKey, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import { chain } from '../../cilium/chain.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { holdersIn, sizeOf, withHolder, withoutHolder, type Posting } from '../columns/posting.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

/** Of one requirement. */
interface Postings {
  readonly postings: readonly Posting[];
  readonly size: number;
}

export class LabelIndex {
  /** Key -> value -> identities. Sources are left to the selector itself. */
  readonly #postings = new Map<string, Map<string, Posting>>();

  add(identity: NumericIdentity, labels: LabelArray): void {
    for (const { key, value } of labels) {
      const values = getOrMake(this.#postings, key, () => new Map<string, Posting>());
      const before = values.get(value);
      const after = withHolder(before, identity);
      if (after !== before) values.set(value, after);
    }
  }

  remove(identity: NumericIdentity, labels: LabelArray): void {
    for (const { key, value } of labels) {
      const values = this.#postings.get(key);
      const posting = values?.get(value);
      if (values === undefined || posting === undefined) continue;
      if (withoutHolder(posting, identity) === undefined) values.delete(value);
      if (values.size === 0) this.#postings.delete(key);
    }
  }

  /** Every key that some identity has. */
  keys(): Iterable<string> {
    return this.#postings.keys();
  }

  /** Identities that have a label with this key, of whatever value. */
  *holders(key: string): Iterable<NumericIdentity> {
    for (const posting of this.#postings.get(key)?.values() ?? []) yield* holdersIn(posting);
  }

  /**
   * A superset of what the selector selects, or undefined where it has no positive requirement and every identity has
   * to be looked at.
   */
  candidates(selector: EndpointSelector): Iterable<NumericIdentity> | undefined {
    const best = this.#rarest(selector);
    return best === undefined ? undefined : chain(best.postings.map(holdersIn));
  }

  /** How many candidates there are; undefined: every identity is one. */
  mostSelected(selector: EndpointSelector): number | undefined {
    return this.#rarest(selector)?.size;
  }

  #rarest(selector: EndpointSelector): Postings | undefined {
    let rarest: Postings | undefined;
    for (const requirement of selector.requirements) {
      const postings = this.#positive(requirement);
      if (postings === undefined) continue;
      const size = postings.reduce<number>((sum, posting) => sum + sizeOf(posting), 0);
      if (rarest === undefined || size < rarest.size) rarest = { postings, size };
    }
    return rarest;
  }

  /**
   * The posting lists of a positive requirement; undefined for a negative one. A prefix is looked up like any key and
   * finds nothing, which is right: no identity of the cluster has a cidr label.
   */
  #positive(requirement: Requirement): readonly Posting[] | undefined {
    const values = this.#postings.get(requirement.key);
    switch (requirement.operator) {
      case 'Exists':
        return [...(values?.values() ?? [])];
      case 'In':
        if (requirement.encoded === true)
          return requirement.values.flatMap((value) => this.#carrying(requirement.key, value));
        return this.#of(values, requirement.values);
      case 'NotIn':
      case 'DoesNotExist':
        return undefined;
    }
  }

  /** A posting may be a list itself. */
  #of(postings: ReadonlyMap<string, Posting> | undefined, values: readonly string[]): readonly Posting[] {
    return values.map((value) => postings?.get(value)).filter((posting) => posting !== undefined);
  }

  /** Of the label that has key and value in its key. */
  #carrying(key: string, value: string): readonly Posting[] {
    return [...(this.#postings.get(encodedGroupKey(key, value))?.values() ?? [])];
  }
}
