/**
 * The entries of a class: how many, the map itself, and what one more identity adds, in steps between which the review pauses.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { Selections } from '../../cilium/policy/map/contributions.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import { asksForTooMuch } from '../../cilium/policy/map/asked-keys.ts';
import { entryCountSteps } from '../../cilium/policy/map/entry-count.ts';
import { leastEntrySteps, type LeastInputs } from '../../cilium/policy/map/least-entries.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import { isUnpoliced, resolve } from '../../cilium/policy/resolve.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { GainingClass, PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { pausing } from './pausing.ts';

/** Of a class whose map nobody counts a number that is no larger, and more than the limit where that is easy to tell. */
export function entriesOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, number> {
  if (policyClass.uncounted === undefined) return pausing(view.entriesSteps(policyClass));
  const [member] = view.membersOf(policyClass);
  const labels = member === undefined ? undefined : view.labelsOf(member);
  return leastEntries(labels === undefined ? [] : policyClass.rules, labels ?? [], { view, without: NOBODY });
}

export function policyMapOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, PolicyMap> {
  return pausing(view.policyMapSteps(policyClass));
}

const NOBODY: ReadonlySet<NumericIdentity> = new Set();

/** A cluster, less some of its identities. */
interface SmallerWorld {
  readonly view: ClusterView;
  readonly without: ReadonlySet<NumericIdentity>;
}

/** Who has a map, besides what its rules are. */
export interface MapOwner {
  readonly labels: LabelArray;
  readonly ownPorts: NamedPortMap;
}

/** The number of entries that the map of an endpoint would have under these rules alone; 0 where they exclude each other. */
export function* entriesOfRules(
  rules: readonly Rule[],
  { labels, ownPorts }: MapOwner,
  { view, without }: SmallerWorld,
): Generator<Pause, number> {
  if (asksForTooMuch(rules)) return yield* leastEntries(rules, labels, { view, without });
  const resolved = resolve(rules, { labels }, view.settings);
  if (!resolved.ok) return 0;
  const known = yield* pausing(view.agentIdentitiesSteps(resolved.value));
  const inputs = { ...mapInputs(known, { view, without }), namedPorts: view.namedPortsFor(ownPorts) };
  return yield* pausing(entryCountSteps(resolved.value, inputs));
}

function leastEntries(rules: readonly Rule[], labels: LabelArray, world: SmallerWorld): Generator<Pause, number> {
  const { settings } = world.view;
  const inForce = isUnpoliced({ labels }, settings) ? [] : rules;
  return pausing(leastEntrySteps(inForce, mapInputs(world.view, world), settings.config.policyMapMax));
}

function mapInputs(known: Selections, { view, without }: SmallerWorld): LeastInputs {
  const selections = (selector: EndpointSelector): IdentitySet => {
    const ids = known.selections(selector);
    return without.size === 0 ? ids : ids.filter((identity) => !without.has(identity));
  };
  return { context: view.settings, selections };
}

/** The classes whose maps one more identity with these labels enters; `ports`: of its pods. */
export function* gainingClasses(
  labels: LabelArray,
  ports: NamedPortMap,
  view: ClusterView,
): Generator<Pause, readonly GainingClass[]> {
  const classes: GainingClass[] = [];
  for (const gaining of view.classesGaining(labels, ports)) {
    if (gaining === undefined) yield PAUSE;
    else classes.push(gaining);
  }
  return classes;
}
