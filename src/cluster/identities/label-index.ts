/**
 * Label -> identities, so that a selector looks only at identities that have its rarest positive label, and tells by the other
 * labels' identities which of these it selects.
 *
 * Invariant: holds exactly the labels of the identities that were added and not removed. Of an identity that has a label of
 * another source than Kubernetes nothing is told by its number: what selects it is asked of its labels.
 * Cost: O(labels) to add or remove; candidates of a selector in O(requirements), and one look in a table for each further
 * requirement of a candidate.
 */
import type { Label, LabelArray } from '../../cilium/identity/label.ts';
import { encodedGroupKey, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { NumberSet } from '../columns/number-set.ts';
import {
  hasHolder,
  holdersIn,
  sizeOf,
  withHolder,
  withoutHolder,
  writeHolders,
  type Posting,
} from '../columns/posting.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

/** What a selector selects is among these. */
export interface Candidates {
  /** Of now, in no order; who has two of the labels may be there twice. */
  readonly identities: Uint32Array;
  /** Each of them holds it, unless a label is of another source. */
  readonly requirement: Requirement;
}

export type IdentityTest = (identity: NumericIdentity) => boolean;

/** Of one requirement. */
interface Postings {
  readonly requirement: Requirement;
  readonly postings: readonly Posting[];
  readonly size: number;
}

export class LabelIndex {
  /** Key -> value -> identities. Sources are left to the selector itself. */
  readonly #postings = new Map<string, Map<string, Posting>>();
  /** Identities with a label of another source than Kubernetes. */
  readonly #mixed = new NumberSet();

  add(identity: NumericIdentity, labels: LabelArray): void {
    if (labels.some(isForeign)) this.#mixed.add(identity);
    for (const { key, value } of labels) {
      const values = getOrMake(this.#postings, key, () => new Map<string, Posting>());
      const before = values.get(value);
      const after = withHolder(before, identity);
      if (after !== before) values.set(value, after);
    }
  }

  remove(identity: NumericIdentity, labels: LabelArray): void {
    this.#mixed.delete(identity);
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
  candidates(selector: EndpointSelector): Candidates | undefined {
    const best = this.#rarest(selector);
    if (best === undefined) return undefined;
    const { postings, size, requirement } = best;
    const identities = new Uint32Array(size);
    let at = 0;
    for (const posting of postings) at = writeHolders(posting, identities, at);
    return { identities, requirement };
  }

  /**
   * Which identities of those with plain labels the selector selects; undefined: only labels tell. `known` holds for whoever is
   * asked for. The test is of now: once somebody came or went, there must be another. One without a positive requirement would
   * hold for who is gone.
   */
  testOf(selector: EndpointSelector, known?: Requirement): IdentityTest | undefined {
    if (selector.origin !== 'labels' || !selector.requirements.some(isPositive)) return undefined;
    const tests: IdentityTest[] = [];
    for (const requirement of selector.requirements) {
      const test = requirement === known && isPlain(requirement) ? ANYBODY : this.#test(requirement);
      if (test === undefined) return undefined;
      if (test !== ANYBODY) tests.push(test);
    }
    const [only] = tests;
    if (tests.length < 2) return only ?? ANYBODY;
    return (identity) => tests.every((test) => test(identity));
  }

  /** Whether a test by number holds for this identity. */
  isPlain(identity: NumericIdentity): boolean {
    return this.#mixed.size === 0 || !this.#mixed.has(identity);
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
      if (rarest === undefined || size < rarest.size) rarest = { requirement, postings, size };
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

  #test(requirement: Requirement): IdentityTest | undefined {
    if (!isPlain(requirement) || requirement.values.length === 0) return undefined;
    const postings = this.#of(this.#postings.get(requirement.key), requirement.values);
    const isWanted = requirement.operator === 'In';
    return (identity) => postings.some((posting) => hasHolder(posting, identity)) === isWanted;
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

const ANYBODY: IdentityTest = () => true;

const KUBERNETES = 'k8s';

function isForeign({ source }: Label): boolean {
  return source !== KUBERNETES;
}

function isPositive({ operator }: Requirement): boolean {
  return operator === 'In' || operator === 'Exists';
}

/** It asks for the key and value of a label of Kubernetes, and for no more. */
function isPlain({ source, encoded }: Requirement): boolean {
  return encoded !== true && (source === 'any' || source === KUBERNETES);
}
