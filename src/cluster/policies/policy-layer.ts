/**
 * What a view asks of policies, and what the live repository and a what-if over it have in common.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRef, refOf, type ObjectRef, type PolicyObject } from '../../cilium/objects.ts';
import { changeCount } from '../change-count.ts';
import type { PortName } from '../ports/port-name.ts';
import { portNamesIn, type StoredPolicy } from './stored-policy.ts';

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
export const CLUSTERWIDE = '';

export function bucketOf(object: PolicyObject): string {
  return 'namespace' in object ? object.namespace : CLUSTERWIDE;
}

export function byBucketAndName(a: StoredPolicy, b: StoredPolicy): number {
  return compareBytes(bucketOf(a.object), bucketOf(b.object)) || compareBytes(sortName(a), sortName(b));
}

function sortName(policy: StoredPolicy): string {
  return formatRef(refOf(policy.object));
}

export function countNames(names: Map<PortName, number>, policy: StoredPolicy | undefined, by: 1 | -1): void {
  for (const name of portNamesIn(policy)) changeCount(names, name, by);
}

export function dnsUsersIn(policy: StoredPolicy | undefined): number {
  return policy?.asksForDNSNames === true ? 1 : 0;
}
