/**
 * A policy class: endpoints that the same rules select, and whose own ports have the names that these rules ask for, so that
 * they share one policy map. Where its pods differ in such ports, an identity is in several classes.
 */
import type { NamedPortMap } from '../cilium/named-ports.ts';
import type { ObjectRef } from '../cilium/objects.ts';
import type { Conflict } from '../cilium/policy/filter-entry.ts';
import type { SelectorPolicy } from '../cilium/policy/resolve.ts';
import type { Rule, Unsupported } from '../cilium/policy/rule.ts';
import type { PortName } from './ports/port-name.ts';

/** What holds for every endpoint of the class. */
export interface PolicyClass {
  /** Equal keys, equal maps. */
  readonly key: string;
  /** Equal ones have the same rules and the same policy: their classes differ in own ports alone. */
  readonly rulesKey: string;
  readonly rules: readonly Rule[];
  /** Names of the endpoint's own ports that the rules ask for. */
  readonly ownNames: readonly PortName[];
  /** Those that its endpoints have. */
  readonly ownPorts: NamedPortMap;
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
