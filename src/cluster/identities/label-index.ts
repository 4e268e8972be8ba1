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

/** Who has a label with one key: each identity once, as it has each key once. */
interface Holders {
  readonly byValue: Map<string, Posting>;
  size: number;
}

interface Sized {
  readonly requirement: Requirement;
  readonly size: number;
}

export class LabelIndex {
  /** Key -> value -> identities. Sources are left to the selector itself. */
  readonly #holders = new Map<string, Holders>();
  #size = 0;
  /** Identities with a label of another source than Kubernetes. */
  readonly #mixed = new NumberSet();

  add(identity: NumericIdentity, labels: LabelArray): void {
    this.#size += 1;
    if (labels.some(isForeign)) this.#mixed.add(identity);
    for (const { key, value } of labels) {
      const holders = getOrMake(this.#holders, key, noHolders);
      holders.size += 1;
      const before = holders.byValue.get(value);
      const after = withHolder(before, identity);
      if (after !== before) holders.byValue.set(value, after);
    }
  }

  remove(identity: NumericIdentity, labels: LabelArray): void {
    this.#size -= 1;
    this.#mixed.delete(identity);
    for (const { key, value } of labels) {
      const holders = this.#holders.get(key);
      const posting = holders?.byValue.get(value);
      if (holders === undefined || posting === undefined) continue;
      holders.size -= 1;
      if (withoutHolder(posting, identity) === undefined) holders.byValue.delete(value);
      if (holders.size === 0) this.#holders.delete(key);
    }
  }

  /** Every key that some identity has. */
  keys(): Iterable<string> {
    return this.#holders.keys();
  }

  /** Identities that have a label with this key, of whatever value. */
  *holders(key: string): Iterable<NumericIdentity> {
    for (const posting of this.#holders.get(key)?.byValue.values() ?? []) yield* holdersIn(posting);
  }

  /**
   * A superset of what the selector selects, or undefined where it has no positive requirement and every identity has
   * to be looked at.
   */
  candidates(selector: EndpointSelector): Candidates | undefined {
    const rarest = this.#rarest(selector);
    if (rarest === undefined) return undefined;
    const { requirement, size } = rarest;
    const identities = new Uint32Array(size);
    let at = 0;
    for (const posting of this.#postings(requirement)) at = writeHolders(posting, identities, at);
    return { identities, requirement };
  }

  /**
   * Which identities of those with plain labels the selector selects; undefined: only labels tell. `known` holds for whoever is
   * asked for. The test is of now: once somebody came or went, there must be another. One without a positive requirement would
   * hold for who is gone, and so would one that everybody holds.
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
    if (only === undefined) return known === undefined ? undefined : ANYBODY;
    if (tests.length === 1) return only;
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

  #rarest(selector: EndpointSelector): Sized | undefined {
    let rarest: Sized | undefined;
    for (const requirement of selector.requirements) {
      if (!isPositive(requirement)) continue;
      const size = this.#sizeOf(requirement);
      if (rarest === undefined || size < rarest.size) rarest = { requirement, size };
    }
    return rarest;
  }

  #sizeOf(requirement: Requirement): number {
    if (requirement.operator === 'Exists') return this.#holders.get(requirement.key)?.size ?? 0;
    let size = 0;
    for (const posting of this.#postings(requirement)) size += sizeOf(posting);
    return size;
  }

  /**
   * Of a positive requirement. A prefix is looked up like any key and finds nothing, which is right: no identity of the cluster has
   * a cidr label.
   */
  #postings({ key, operator, values, encoded }: Requirement): Iterable<Posting> {
    if (encoded === true && operator === 'In') return values.flatMap((value) => this.#carrying(key, value));
    const byValue = this.#holders.get(key)?.byValue;
    if (byValue === undefined) return [];
    return operator === 'Exists' ? byValue.values() : of(byValue, values);
  }

  #test(requirement: Requirement): IdentityTest | undefined {
    if (!isPlain(requirement)) return undefined;
    const { key, operator, values } = requirement;
    const holders = this.#holders.get(key);
    if (operator === 'Exists') return holders?.size === this.#size ? ANYBODY : undefined;
    if (operator === 'DoesNotExist') return undefined;
    const postings = holders === undefined ? [] : of(holders.byValue, values);
    const isWanted = operator === 'In';
    return (identity) => postings.some((posting) => hasHolder(posting, identity)) === isWanted;
  }

  /** Of the label that has key and value in its key. */
  #carrying(key: string, value: string): readonly Posting[] {
    return [...(this.#holders.get(encodedGroupKey(key, value))?.byValue.values() ?? [])];
  }
}

function noHolders(): Holders {
  return { byValue: new Map(), size: 0 };
}

/** A posting may be a list itself. */
function of(byValue: ReadonlyMap<string, Posting>, values: readonly string[]): readonly Posting[] {
  return values.map((value) => byValue.get(value)).filter((posting) => posting !== undefined);
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
