/**
 * What a view asks about policy classes: the live ones, or those of a what-if.
 */
import type { LabelArray } from '../cilium/identity/label.ts';
import type { PolicyMap } from '../cilium/policy/policy-map.ts';
import type { NumericIdentity, PolicyClass } from './view.ts';

export interface GainingClass {
  readonly policyClass: PolicyClass;
  /** Entries that one more identity with the labels in question adds to the map of this class. */
  readonly gained: number;
}

export interface ClassLayer {
  classOf(labels: LabelArray, identity?: NumericIdentity): PolicyClass;
  /** Yields where the caller may pause, and returns the number of entries. */
  entriesSteps(policyClass: PolicyClass): Generator<undefined, number>;
  policyMap(policyClass: PolicyClass): PolicyMap;
  membersOf(policyClass: PolicyClass): Iterable<NumericIdentity>;
  gaining(labels: LabelArray): Iterable<GainingClass>;
}
