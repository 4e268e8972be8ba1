/**
 * What a view asks about policy classes: the live ones, or those of a what-if.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import type { Newcomer } from './class-computer.ts';
import type { GainingClass, PolicyClass } from '../policy-class.ts';
import type { ClassBounds } from './class-bounds.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

/** A class of the cluster as it is, and what is known of its map without a count. */
export interface KeptClass {
  readonly policyClass: PolicyClass;
  readonly bounds: ClassBounds;
  /** Its map has no more entries, by a count or by its rules; Infinity where neither tells. */
  readonly mostEntries: number;
}

/** What holds of every small map: none has as many entries, and one more identity adds no more. */
export interface SmallMaps {
  readonly entries: number;
  readonly mostOfOne: number;
}

/** The classes of the cluster as it is, which are kept up. */
export interface KeptClasses {
  all(): Iterable<KeptClass>;
  /** All but those whose maps are known to be small, which are nearly all. */
  large(): Iterable<KeptClass>;
  readonly small: SmallMaps;
  /** Several where its endpoints differ in own ports that rules name. */
  ofIdentity(identity: NumericIdentity): readonly KeptClass[];
  /** Those whose map one more identity may enter; `large`: but for those whose maps are small. */
  meeting(newcomer: Newcomer, which: 'all' | 'large'): Iterable<KeptClass>;
  /** Yields where the caller may pause, and returns the entries that one more identity adds to the map of a class. */
  gainedSteps(policyClass: PolicyClass, newcomer: Newcomer): Generator<undefined, number>;
  /**
   * The number of entries that a class has with these identities besides those that are there; undefined: it is none of these
   * classes. Yields where the caller may pause.
   */
  grownSteps(policyClass: PolicyClass, newcomers: Iterable<Newcomer>): Generator<undefined, number> | undefined;
}

export interface ClassLayer {
  /** Absent in a what-if. */
  readonly kept?: KeptClasses;
  /** `ports`: the endpoint's own; absent: none has a name. */
  classOf(labels: LabelArray, identity?: NumericIdentity, ports?: NamedPortMap): PolicyClass;
  /** Yields where the caller may pause, and returns the number of entries. */
  entriesSteps(policyClass: PolicyClass): Generator<undefined, number>;
  /** Yields where the caller may pause, and returns the map. */
  policyMapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap>;
  membersOf(policyClass: PolicyClass): Iterable<NumericIdentity>;
  /** Whether a member has a pod or an endpoint. */
  hasEndpoint(policyClass: PolicyClass): boolean;
  /** undefined where the caller may pause. */
  gaining(newcomer: Newcomer): Iterable<GainingClass | undefined>;
}
