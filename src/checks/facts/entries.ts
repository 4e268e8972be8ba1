/**
 * The entries of a class: how many, the map itself, and what one more identity adds, in steps between which the review pauses.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { entryCountSteps } from '../../cilium/policy/map/entry-count.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import { resolve } from '../../cilium/policy/resolve.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { GainingClass, PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { pausing } from './pausing.ts';

/** The number of entries of a class. */
export function entriesOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, number> {
  return pausing(view.entriesSteps(policyClass));
}

export function policyMapOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, PolicyMap> {
  return pausing(view.policyMapSteps(policyClass));
}

/** A cluster, less some of its identities. */
interface SmallerWorld {
  readonly view: ClusterView;
  readonly without: ReadonlySet<NumericIdentity>;
}

/** The number of entries that the map of an endpoint would have under these rules alone; 0 where they exclude each other. */
export function* entriesOfRules(
  rules: readonly Rule[],
  labels: LabelArray,
  { view, without }: SmallerWorld,
): Generator<Pause, number> {
  const resolved = resolve(rules, { labels }, view.settings);
  if (!resolved.ok) return 0;
  const selections = (selector: EndpointSelector): IdentitySet =>
    view.selections(selector).filter((identity) => !without.has(identity));
  return yield* pausing(entryCountSteps(resolved.value, { context: view.settings, selections }));
}

/** The classes whose maps one more identity with these labels enters. */
export function* gainingClasses(labels: LabelArray, view: ClusterView): Generator<Pause, readonly GainingClass[]> {
  const classes: GainingClass[] = [];
  for (const gaining of view.classesGaining(labels)) {
    if (gaining === undefined) yield PAUSE;
    else classes.push(gaining);
  }
  return classes;
}
