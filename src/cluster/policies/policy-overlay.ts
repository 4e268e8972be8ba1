/**
 * What-if layer over the policies: the same ones, but for one object that is replaced, added or gone.
 *
 * Cost: what is in reach of a namespace is looked for once; the prefixes of the object, where anybody asks for prefixes.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { formatRef, refOf, type ObjectRef } from '../../cilium/objects.ts';
import type { PrefixChange } from '../../cilium/policy/prefixes/local-identities.ts';
import { prefixesOf } from '../../cilium/policy/rule.ts';
import type { PortName } from '../ports/port-name.ts';
import { byBucketAndName, CLUSTERWIDE, countNames, dnsUsersIn, type PolicyLayer } from './policy-layer.ts';
import type { StoredPolicy } from './stored-policy.ts';

/** Of the object that a what-if is about. */
interface OwnPrefixes {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

export class PolicyOverlay implements PolicyLayer {
  readonly #base: PolicyLayer;
  readonly #ref: ObjectRef;
  readonly #name: string;
  readonly #namespace: string;
  readonly #stored: StoredPolicy | undefined;
  /** By namespace; asked for each identity. */
  readonly #reaches = new Map<string, readonly StoredPolicy[]>();
  #own: OwnPrefixes | undefined;

  constructor(base: PolicyLayer, ref: ObjectRef, stored: StoredPolicy | undefined) {
    this.#base = base;
    this.#ref = ref;
    this.#name = formatRef(ref);
    this.#namespace = ref.namespace ?? CLUSTERWIDE;
    this.#stored = stored;
  }

  *all(): Iterable<StoredPolicy> {
    for (const policy of this.#base.all()) if (!this.#isReplaced(policy)) yield policy;
    if (this.#stored !== undefined) yield this.#stored;
  }

  get(ref: ObjectRef): StoredPolicy | undefined {
    return formatRef(ref) === this.#name ? this.#stored : this.#base.get(ref);
  }

  inReachOf(namespace: string): Iterable<StoredPolicy> {
    return getOrMake(this.#reaches, namespace, () => this.#findInReachOf(namespace));
  }

  #findInReachOf(namespace: string): readonly StoredPolicy[] {
    const reaches = this.#namespace === CLUSTERWIDE || this.#namespace === namespace;
    const policies = [...this.#base.inReachOf(namespace)].filter((policy) => !this.#isReplaced(policy));
    if (reaches && this.#stored !== undefined) policies.push(this.#stored);
    return policies.sort(byBucketAndName);
  }

  *prefixes(): Iterable<string> {
    for (const prefix of this.#base.prefixes()) if (this.usersOf(prefix) > 0) yield prefix;
    for (const prefix of this.prefixChange().named) yield prefix;
  }

  usersOf(prefix: string): number {
    const { before, after } = this.#ownPrefixes();
    return this.#base.usersOf(prefix) - (before.has(prefix) ? 1 : 0) + (after.has(prefix) ? 1 : 0);
  }

  /** What is named here and not below, and the reverse. */
  prefixChange(): PrefixChange {
    const { before, after } = this.#ownPrefixes();
    const named = [...after].filter((prefix) => this.#base.usersOf(prefix) === 0);
    const unnamed = [...before].filter((prefix) => !after.has(prefix) && this.#base.usersOf(prefix) === 1);
    return { named, unnamed };
  }

  portNames(): ReadonlyMap<PortName, number> {
    const names = new Map(this.#base.portNames());
    countNames(names, this.#stored, 1);
    countNames(names, this.#base.get(this.#ref), -1);
    return names;
  }

  dnsUsers(): number {
    return this.#base.dnsUsers() - dnsUsersIn(this.#base.get(this.#ref)) + dnsUsersIn(this.#stored);
  }

  #ownPrefixes(): OwnPrefixes {
    this.#own ??= {
      before: new Set(prefixesOf(this.#base.get(this.#ref)?.parsed)),
      after: new Set(prefixesOf(this.#stored?.parsed)),
    };
    return this.#own;
  }

  #isReplaced(policy: StoredPolicy): boolean {
    return formatRef(refOf(policy.object)) === this.#name;
  }
}
