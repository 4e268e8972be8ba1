/**
 * Which identity the agents say that each endpoint has, and its labels.
 *
 * A CiliumEndpoint tells the number and the labels, a CiliumEndpointSlice the number alone. Labels are kept once for each number,
 * as thousands of endpoints may have the same.
 * Cost: O(1) for an endpoint.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { canonicalKey, labelArray, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { CiliumEndpoint, CiliumEndpointSlice } from '../../cilium/objects.ts';
import { endpointName } from '../ports/port-name.ts';

/** A key and what it is made from. */
export interface KeyedLabels {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
}

type Teller = CiliumEndpoint['kind'] | CiliumEndpointSlice['kind'];

export class ToldIdentities {
  readonly #numbers: Readonly<Record<Teller, Map<string, NumericIdentity>>> = {
    CiliumEndpoint: new Map(),
    CiliumEndpointSlice: new Map(),
  };
  readonly #names = new Map<NumericIdentity, Set<string>>();
  readonly #labels = new Map<NumericIdentity, KeyedLabels>();

  /** What it tells in place of what it told `before`; the names of the endpoints that it is about. */
  changed(before: Telling | undefined, after: Telling | undefined): readonly string[] {
    const [gone, come] = [before, after].map((told) => (told === undefined ? [] : toldBy(told)));
    for (const { name } of gone ?? []) if (before !== undefined) this.#remove(before.kind, name);
    for (const { name, identity } of come ?? []) if (after !== undefined) this.#add(after.kind, name, identity);
    if (after?.kind === 'CiliumEndpoint' && after.identity !== undefined && after.labels !== undefined) {
      const labels = labelArray(after.labels);
      this.#labels.set(after.identity, { key: canonicalKey(labels), labels });
    }
    return [...new Set([...(gone ?? []), ...(come ?? [])].map(({ name }) => name))];
  }

  numberOf(name: string): NumericIdentity | undefined {
    return this.#numbers.CiliumEndpoint.get(name) ?? this.#numbers.CiliumEndpointSlice.get(name);
  }

  /** As a CiliumEndpoint told them last; undefined where none did. */
  labelsOf(identity: NumericIdentity): KeyedLabels | undefined {
    return this.#labels.get(identity);
  }

  namesWith(identity: NumericIdentity): Iterable<string> {
    return this.#names.get(identity) ?? [];
  }

  names(): Iterable<string> {
    return new Set([...this.#numbers.CiliumEndpoint.keys(), ...this.#numbers.CiliumEndpointSlice.keys()]);
  }

  #add(teller: Teller, name: string, identity: NumericIdentity): void {
    this.#numbers[teller].set(name, identity);
    getOrMake(this.#names, identity, () => new Set<string>()).add(name);
  }

  #remove(teller: Teller, name: string): void {
    const identity = this.#numbers[teller].get(name);
    this.#numbers[teller].delete(name);
    if (identity === undefined || this.#isTold(name, identity)) return;
    const names = this.#names.get(identity);
    names?.delete(name);
    if (names?.size !== 0) return;
    this.#names.delete(identity);
    this.#labels.delete(identity);
  }

  #isTold(name: string, identity: NumericIdentity): boolean {
    return Object.values(this.#numbers).some((numbers) => numbers.get(name) === identity);
  }
}

export type Telling = CiliumEndpoint | CiliumEndpointSlice;

interface Told {
  readonly name: string;
  readonly identity: NumericIdentity;
}

function toldBy(object: Telling): readonly Told[] {
  const { namespace } = object;
  if (object.kind === 'CiliumEndpointSlice') {
    return object.endpoints.map(({ name, identity }) => ({ name: endpointName({ namespace, name }), identity }));
  }
  return object.identity === undefined ? [] : [{ name: endpointName(object), identity: object.identity }];
}
