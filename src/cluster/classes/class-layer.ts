/**
 * What a view asks about policy classes: the live ones, or those of a what-if.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import type { Newcomer } from './class-computer.ts';
import type { GainingClass, PolicyClass } from '../policy-class.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

export interface ClassLayer {
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
