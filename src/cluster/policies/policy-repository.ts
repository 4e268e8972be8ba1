/**
 * The policies of the cluster, parsed under the settings in force, in the buckets in which a subject looks for them.
 *
 * Mirrors pkg/policy/repository.go: clusterwide rules and those of the subject's own namespace are all that can apply.
 * Invariant: buckets are sorted by the name of the object, so that the order of arrival changes nothing.
 * Cost: O(policies of one namespace) to add or remove one.
 */
import { formatRef, refOf, type ObjectRef, type PolicyObject } from '../../cilium/objects.ts';
import { compareBytes } from '../../cilium/identity/label.ts';
import type { PrefixChange } from '../../cilium/policy/prefixes/local-identities.ts';
import { prefixesOf, type ParsedPolicy } from '../../cilium/policy/rule.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { PortName } from '../ports/port-name.ts';
import { portNamesIn, storedPolicy, type StoredPolicy } from './stored-policy.ts';
import { changeCount } from '../change-count.ts';

/** What a view reads: the live repository, or a what-if layer over it. */
export interface PolicyLayer {
  all(): Iterable<StoredPolicy>;
  get(ref: ObjectRef): StoredPolicy | undefined;
  /** Policies whose rules an endpoint of this namespace looks at: clusterwide ones and its own, each sorted by name. */
  inReachOf(namespace: string): Iterable<StoredPolicy>;
  /** Every prefix that any policy names, once: each is an identity on every node. */
  prefixes(): Iterable<string>;
  /** How many policies name a prefix. */
  usersOf(prefix: string): number;
  /** Names of ports that policies ask for, and how many do. */
  portNames(): ReadonlyMap<PortName, number>;
  /** How many policies ask for DNS names. */
  dnsUsers(): number;
}

/** The bucket of clusterwide policies. No namespace has this name. */
const CLUSTERWIDE = '';

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

function countNames(names: Map<PortName, number>, policy: StoredPolicy | undefined, by: 1 | -1): void {
  for (const name of portNamesIn(policy)) changeCount(names, name, by);
}

function dnsUsersIn(policy: StoredPolicy | undefined): number {
  return policy?.asksForDNSNames === true ? 1 : 0;
}

/** Of the object that a what-if is about. */
interface OwnPrefixes {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

/** A what-if layer: the same policies, but for one object that is replaced, added or gone. */
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

function bucketOf(object: PolicyObject): string {
  return 'namespace' in object ? object.namespace : CLUSTERWIDE;
}

function byBucketAndName(a: StoredPolicy, b: StoredPolicy): number {
  return compareBytes(bucketOf(a.object), bucketOf(b.object)) || compareBytes(sortName(a), sortName(b));
}

function sortName(policy: StoredPolicy): string {
  return formatRef(refOf(policy.object));
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
