/**
 * What a view asks about the identities of the cluster: the live index, or a what-if layer over it.
 *
 * An identity is a number with labels. Several CiliumIdentity objects may have one key (agents that allocate at the same
 * moment); a key that pods have and no object has yet is given a provisional number.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { podNamespaceOf } from '../../cilium/identity/pod-labels.ts';
import type { Pod } from '../../cilium/objects.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

export interface IdentityRecord {
  readonly id: NumericIdentity;
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  /** Value of `k8s:io.kubernetes.pod.namespace`; empty where the identity has none. */
  readonly namespace: string;
}

export interface IdentityLayer {
  all(): Iterable<NumericIdentity>;
  in(namespace: string): Iterable<NumericIdentity>;
  /** Ascending; duplicates included. */
  withKey(key: CanonicalKey): readonly NumericIdentity[];
  record(identity: NumericIdentity): IdentityRecord | undefined;
  podsWithKey(key: CanonicalKey): Iterable<Pod>;
  podCount(key: CanonicalKey): number;
  endpointCount(key: CanonicalKey): number;
  /** Whether a pod or an endpoint has its key. */
  isUsed(identity: NumericIdentity): boolean;
  /** Identities of the cluster that the selector selects; reserved and node-local ones are not here. */
  matching(selector: EndpointSelector): IdentitySet;
  /** No fewer than it selects, at once. */
  mostSelected(selector: EndpointSelector): number;
  /** What it selects, in steps. Yields where the caller may pause. */
  matchingSteps(selector: EndpointSelector): Generator<undefined, IdentitySet>;
  /** The keys of all their labels, of whatever source; some may come twice, or be left from identities that are gone. */
  labelKeys(): Iterable<string>;
  /** In no order: those that have a label with this key. */
  withLabel(key: string): Iterable<NumericIdentity>;
}

export function identityRecord(id: NumericIdentity, key: CanonicalKey, labels: LabelArray): IdentityRecord {
  return { id, key, labels, namespace: podNamespaceOf(labels) ?? '' };
}

/**
 * Provisional numbers carry a scope that Cilium does not use and the cluster's own bits, so that they aggregate like the
 * global identities that they stand for.
 */
const PROVISIONAL_SCOPE = 0x40;
const PROVISIONAL_SCOPES = 0x40;

/** Whether this number was made up here because no CiliumIdentity has the key yet. */
export function isProvisional(identity: NumericIdentity): boolean {
  return identity >>> 24 >= PROVISIONAL_SCOPE;
}

/** The n-th provisional number of a cluster. `shift` is the bits below the cluster id (16, or 15 with 511 clusters). */
export function provisionalIdentity(
  n: number,
  cluster: { readonly id: number; readonly shift: number },
): NumericIdentity {
  const perScope = 2 ** cluster.shift;
  const scope = PROVISIONAL_SCOPE + (Math.floor(n / perScope) % PROVISIONAL_SCOPES);
  return scope * 2 ** 24 + cluster.id * perScope + (n % perScope);
}
