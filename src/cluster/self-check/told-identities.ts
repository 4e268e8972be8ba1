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
import type { ClusterObject } from '../../cilium/objects.ts';
import { endpointName } from '../ports/port-name.ts';

/** A key and what it is made from. */
export interface KeyedLabels {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
}

/** What an object that tells of endpoints is about. */
export interface Retold {
  readonly endpoints: readonly string[];
  readonly identities: readonly NumericIdentity[];
}

type Teller = 'CiliumEndpoint' | 'CiliumEndpointSlice';

export class ToldIdentities {
  readonly #numbers: Readonly<Record<Teller, Map<string, NumericIdentity>>> = {
    CiliumEndpoint: new Map(),
    CiliumEndpointSlice: new Map(),
  };
  readonly #names = new Map<NumericIdentity, Set<string>>();
  readonly #labels = new Map<NumericIdentity, KeyedLabels>();

  /** What an object tells in place of what it told `before`; undefined: it tells nothing. */
  changed(before: ClusterObject | undefined, after: ClusterObject | undefined): Retold {
    const [gone, come] = [toldBy(before), toldBy(after)];
    for (const { teller, name } of gone) this.#remove(teller, name);
    for (const told of come) this.#add(told);
    if (after?.kind === 'CiliumEndpoint' && after.identity !== undefined && after.labels !== undefined) {
      const labels = labelArray(after.labels);
      this.#labels.set(after.identity, { key: canonicalKey(labels), labels });
    }
    const all = [...gone, ...come];
    return {
      endpoints: [...new Set(all.map(({ name }) => name))],
      identities: [...new Set(all.map(({ identity }) => identity))],
    };
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

  numbers(): Iterable<NumericIdentity> {
    return this.#names.keys();
  }

  names(): Iterable<string> {
    return new Set([...this.#numbers.CiliumEndpoint.keys(), ...this.#numbers.CiliumEndpointSlice.keys()]);
  }

  #add({ teller, name, identity }: Told): void {
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

interface Told {
  readonly teller: Teller;
  readonly name: string;
  readonly identity: NumericIdentity;
}

function toldBy(object: ClusterObject | undefined): readonly Told[] {
  switch (object?.kind) {
    case 'CiliumEndpoint':
      return object.identity === undefined
        ? []
        : [{ teller: object.kind, name: endpointName(object), identity: object.identity }];
    case 'CiliumEndpointSlice':
      return object.endpoints.map(({ name, identity }) => {
        return { teller: object.kind, name: endpointName({ namespace: object.namespace, name }), identity };
      });
    default:
      return [];
  }
}
