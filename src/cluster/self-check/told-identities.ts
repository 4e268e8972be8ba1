/**
 * Which identity the agents say that each endpoint has, and its labels.
 *
 * A CiliumEndpoint tells the number and the labels, a CiliumEndpointSlice the number alone. An endpoint that moves to another slice
 * is in both for a while: of several tellers the CiliumEndpoint counts, else the first slice by name. Labels are kept once for
 * each number, as thousands of endpoints may have the same.
 * Invariant: what is told depends on the objects that are there, not on the order in which they came.
 * Cost: O(tellers of the endpoint); one that changes what is known of its identity O(endpoints of that).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { canonicalKey, compareBytes, labelArray, type CanonicalKey } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { ClusterObject } from '../../cilium/objects.ts';
import { endpointName } from '../ports/port-name.ts';
import { ToldLabels, type KeyedLabels } from './told-labels.ts';

/** What an object that tells of endpoints is about. */
export interface Retold {
  readonly endpoints: readonly string[];
  readonly identities: readonly NumericIdentity[];
}

type Teller = 'CiliumEndpoint' | `CiliumEndpointSlice/${string}`;

/** By teller. Most endpoints have one. */
type Numbers = ReadonlyMap<Teller, NumericIdentity>;

const NOBODY: Numbers = new Map();

export class ToldIdentities {
  readonly #numbers = new Map<string, Numbers>();
  /** Of endpoints whose CiliumEndpoint tells labels. */
  readonly #keys = new Map<string, CanonicalKey>();
  readonly #names = new Map<NumericIdentity, Set<string>>();
  readonly #labels = new Map<NumericIdentity, ToldLabels>();

  /** What an object tells in place of what it told `before`; undefined: it tells nothing. */
  changed(before: ClusterObject | undefined, after: ClusterObject | undefined): Retold {
    const all = [...toldBy(before), ...toldBy(after)];
    const identities = new Set(all.map(({ identity }) => identity));
    const labelsBefore = [...identities].map((identity) => this.labelsOf(identity)?.key);
    for (const told of toldBy(before)) this.#remove(told);
    for (const told of toldBy(after)) this.#add(told);
    const relabelled = [...identities].filter(
      (identity, index) => this.labelsOf(identity)?.key !== labelsBefore[index],
    );
    const names = relabelled.flatMap((identity) => [...this.namesWith(identity)]);
    return { endpoints: [...new Set([...all.map(({ name }) => name), ...names])], identities: [...identities] };
  }

  numberOf(name: string): NumericIdentity | undefined {
    const numbers = this.#numbers.get(name) ?? NOBODY;
    // `CiliumEndpoint` comes before the names of slices.
    const [first] = [...numbers.keys()].sort(compareBytes);
    return first === undefined ? undefined : numbers.get(first);
  }

  /** As most of its CiliumEndpoints tell them; undefined where none does. */
  labelsOf(identity: NumericIdentity): KeyedLabels | undefined {
    return this.#labels.get(identity)?.best;
  }

  namesWith(identity: NumericIdentity): Iterable<string> {
    return this.#names.get(identity) ?? [];
  }

  numbers(): Iterable<NumericIdentity> {
    return this.#names.keys();
  }

  names(): Iterable<string> {
    return this.#numbers.keys();
  }

  #add({ teller, name, identity, labels }: Told): void {
    this.#numbers.set(name, new Map([...(this.#numbers.get(name) ?? NOBODY), [teller, identity]]));
    getOrMake(this.#names, identity, () => new Set<string>()).add(name);
    if (labels !== undefined) {
      this.#keys.set(name, getOrMake(this.#labels, identity, () => new ToldLabels()).add(labels));
    }
  }

  #remove({ teller, name, identity }: Told): void {
    const left = new Map(this.#numbers.get(name) ?? NOBODY);
    left.delete(teller);
    if (left.size === 0) this.#numbers.delete(name);
    else this.#numbers.set(name, left);
    if (teller === 'CiliumEndpoint') this.#forgetLabels(name, identity);
    if ([...left.values()].includes(identity)) return;
    const names = this.#names.get(identity);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(identity);
  }

  #forgetLabels(name: string, identity: NumericIdentity): void {
    const key = this.#keys.get(name);
    const labels = this.#labels.get(identity);
    if (key === undefined || labels === undefined) return;
    this.#keys.delete(name);
    labels.remove(key);
    if (labels.best === undefined) this.#labels.delete(identity);
  }
}

interface Told {
  readonly teller: Teller;
  readonly name: string;
  readonly identity: NumericIdentity;
  readonly labels?: KeyedLabels;
}

/** Of an object that is kept, its labels are kept here. */
function toldBy(object: ClusterObject | undefined): readonly Told[] {
  if (object?.kind === 'CiliumEndpoint') {
    const { kind, identity, labels: own } = object;
    if (identity === undefined) return [];
    const labels = own && labelArray(own);
    const keyed = labels === undefined ? {} : { labels: { key: canonicalKey(labels), labels } };
    return [{ teller: kind, name: endpointName(object), identity, ...keyed }];
  }
  if (object?.kind !== 'CiliumEndpointSlice') return [];
  const { kind, namespace } = object;
  // Of one name the last counts.
  const numbers = new Map(object.endpoints.map(({ name, identity }) => [name, identity]));
  return [...numbers].map(([name, identity]) => {
    return { teller: `${kind}/${object.name}`, name: endpointName({ namespace, name }), identity };
  });
}
