/**
 * A policy class: identities that the same rules select, and that therefore share one policy map.
 */
import type { ObjectRef } from '../cilium/objects.ts';
import type { Conflict } from '../cilium/policy/filters.ts';
import type { SelectorPolicy } from '../cilium/policy/resolve.ts';
import type { Rule, Unsupported } from '../cilium/policy/rule.ts';

/** What holds for every identity that the same rules select. */
export interface PolicyClass {
  /** Equal keys, equal maps (but for ingress named ports). */
  readonly key: string;
  readonly rules: readonly Rule[];
  readonly policy: SelectorPolicy;
  /** Two of its rules exclude each other: its endpoints keep the map that they had, and `policy` is empty. */
  readonly conflict?: Conflict;
  /** Why nobody counts its map: its rules ask for far more than a map can hold, and `policy` is empty. */
  readonly uncounted?: string;
  /** Parts of its rules that are not modelled, a conflict among them: its numbers are `unknown`. */
  readonly unsupported: readonly (Unsupported & { readonly object: ObjectRef })[];
}

export interface GainingClass {
  readonly policyClass: PolicyClass;
  /** Entries that one more identity with the labels in question adds to the map of this class. */
  readonly gained: number;
}
