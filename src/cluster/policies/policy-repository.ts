/**
 * The policies of the cluster, parsed under the settings in force, in the buckets in which a subject looks for them.
 *
 * Mirrors pkg/policy/repository.go: clusterwide rules and those of the subject's own namespace are all that can apply.
 * Invariant: buckets are sorted by the name of the object, so that the order of arrival changes nothing.
 * Cost: O(policies of one namespace) to add or remove one.
 */
import { formatRef, refOf, type ObjectRef, type PolicyObject } from '../../cilium/objects.ts';
import type { PrefixChange } from '../../cilium/policy/prefixes/local-identities.ts';
import { prefixesOf, type ParsedPolicy } from '../../cilium/policy/rule.ts';
import { changeCount } from '../change-count.ts';
import type { PortName } from '../ports/port-name.ts';
import { bucketOf, byBucketAndName, CLUSTERWIDE, countNames, dnsUsersIn, type PolicyLayer } from './policy-layer.ts';
import { storedPolicy, type StoredPolicy } from './stored-policy.ts';

export class PolicyRepository implements PolicyLayer {
  readonly #policies = new Map<string, StoredPolicy>();
  readonly #buckets = new Map<string, StoredPolicy[]>();
  readonly #prefixes = new Map<string, number>();
  /** Since they were taken. */
  readonly #named = new Set<string>();
  readonly #unnamed = new Set<string>();
  readonly #portNames = new Map<PortName, number>();
  #dnsUsers = 0;
  #generations = 0;

  all(): Iterable<StoredPolicy> {
    return this.#policies.values();
  }

  get(ref: ObjectRef): StoredPolicy | undefined {
    return this.#policies.get(formatRef(ref));
  }

  *inReachOf(namespace: string): Iterable<StoredPolicy> {
    yield* this.#buckets.get(CLUSTERWIDE) ?? [];
    if (namespace !== CLUSTERWIDE) yield* this.#buckets.get(namespace) ?? [];
  }

  prefixes(): Iterable<string> {
    return this.#prefixes.keys();
  }

  usersOf(prefix: string): number {
    return this.#prefixes.get(prefix) ?? 0;
  }

  portNames(): ReadonlyMap<PortName, number> {
    return this.#portNames;
  }

  dnsUsers(): number {
    return this.#dnsUsers;
  }

  /** What is named now and was not when this was asked last, and the reverse. */
  takePrefixChange(): PrefixChange {
    const change = { named: [...this.#named], unnamed: [...this.#unnamed] };
    this.#named.clear();
    this.#unnamed.clear();
    return change;
  }

  /** Puts a policy in place of its former version, which comes back. */
  set(object: PolicyObject, parsed: ParsedPolicy): { readonly stored: StoredPolicy; readonly before?: StoredPolicy } {
    const before = this.delete(refOf(object));
    const stored = storedPolicy(object, parsed, ++this.#generations);
    this.#policies.set(formatRef(refOf(object)), stored);
    const namespace = bucketOf(object);
    const bucket = this.#buckets.get(namespace) ?? [];
    this.#buckets.set(namespace, bucket);
    bucket.splice(insertionPoint(bucket, stored), 0, stored);
    this.#countPrefixes(parsed, 1);
    countNames(this.#portNames, stored, 1);
    this.#dnsUsers += dnsUsersIn(stored);
    return before === undefined ? { stored } : { stored, before };
  }

  delete(ref: ObjectRef): StoredPolicy | undefined {
    const stored = this.get(ref);
    if (stored === undefined) return undefined;
    this.#policies.delete(formatRef(ref));
    const namespace = bucketOf(stored.object);
    const bucket = (this.#buckets.get(namespace) ?? []).filter((other) => other !== stored);
    if (bucket.length === 0) this.#buckets.delete(namespace);
    else this.#buckets.set(namespace, bucket);
    this.#countPrefixes(stored.parsed, -1);
    countNames(this.#portNames, stored, -1);
    this.#dnsUsers -= dnsUsersIn(stored);
    return stored;
  }

  #countPrefixes(parsed: ParsedPolicy, by: 1 | -1): void {
    for (const prefix of prefixesOf(parsed)) {
      const after = changeCount(this.#prefixes, prefix, by);
      const before = after - by;
      if (before === 0 && !this.#unnamed.delete(prefix)) this.#named.add(prefix);
      if (after === 0 && !this.#named.delete(prefix)) this.#unnamed.add(prefix);
    }
  }
}

function insertionPoint(bucket: readonly StoredPolicy[], policy: StoredPolicy): number {
  let low = 0;
  let high = bucket.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = bucket[middle];
    if (other !== undefined && byBucketAndName(other, policy) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
