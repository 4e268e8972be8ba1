/**
 * Policy classes with who is in them.
 *
 * Cost: O(identities), with a pause now and then.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { canonicalKey, compareBytes, type LabelArray } from '../../cilium/identity/label.ts';
import { HOST_IDENTITY } from '../../cilium/policy/resolve.ts';
import { isHostEndpoint } from '../../cluster/identities/host-endpoints.ts';
import { namedPorts, type NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

const IDENTITIES_PER_PAUSE = 200;
const PODS_PER_PAUSE = 500;

export interface ClassMembers {
  readonly policyClass: PolicyClass;
  /** Ascending; at least one. */
  readonly identities: readonly NumericIdentity[];
}

/** Every class that some identity of the cluster is in, and where hosts have policies those of host endpoints. */
export function* allClasses(view: ClusterView): Generator<Pause, readonly ClassMembers[]> {
  const classes = new Map<string, { readonly policyClass: PolicyClass; readonly identities: NumericIdentity[] }>();
  let seen = 0;
  for (const identity of withMaps(view)) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    const labels = view.labelsOf(identity);
    if (labels === undefined) continue;
    for (const policyClass of classesOf(identity, labels, view)) {
      getOrMake(classes, policyClass.key, () => ({ policyClass, identities: [] })).identities.push(identity);
    }
  }
  for (const { identities } of classes.values()) identities.sort((a, b) => a - b);
  return [...classes.values()];
}

function* withMaps(view: ClusterView): Iterable<NumericIdentity> {
  yield* view.identities();
  if (view.settings.config.hostFirewall) yield* view.hostEndpoints();
}

/** The classes of the endpoints of an identity, each once. */
export function classesOf(identity: NumericIdentity, labels: LabelArray, view: ClusterView): Iterable<PolicyClass> {
  const some = view.classOf(labels, identity);
  if (some.ownNames.length === 0) return [some];
  const all = [...view.portSetsOf(identity)].map(({ ports }) => view.classOf(labels, identity, ports));
  return new Map(all.map((policyClass) => [policyClass.key, policyClass])).values();
}

/** Whether any of them has a pod or an endpoint: without one there is no policy map. */
export function hasEndpoint(identities: Iterable<NumericIdentity>, view: ClusterView): boolean {
  for (const identity of identities) {
    const { pods, endpoints } = view.useOf(identity);
    if (pods + endpoints > 0) return true;
  }
  return false;
}

/** The first of their label sets in byte order: tells classes apart whatever numbers were made up for them. */
export function* firstKey(identities: Iterable<NumericIdentity>, view: ClusterView): Generator<Pause, string> {
  let first: string | undefined;
  let seen = 0;
  for (const identity of identities) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    const key = canonicalKey(view.labelsOf(identity) ?? []);
    if (first === undefined || compareBytes(key, first) < 0) first = key;
  }
  return first ?? '';
}

/** Duplicates of an identity have the same endpoints, which count once. */
export function* endpointsOf(identities: Iterable<NumericIdentity>, view: ClusterView): Generator<Pause, number> {
  return yield* sumByKey(identities, view, (identity) => {
    const { pods, endpoints } = view.useOf(identity);
    return Math.max(pods, endpoints);
  });
}

/** Those that are in the class: pods of one identity may differ in the ports that its rules name. */
export function* endpointsIn({ policyClass, identities }: ClassMembers, view: ClusterView): Generator<Pause, number> {
  if (policyClass.ownNames.length === 0) return yield* endpointsOf(identities, view);
  return yield* sumByKey(identities, view, (identity) =>
    [...view.portSetsOf(identity)]
      .filter(({ ports }) => isInClass(identity, ports, policyClass, view))
      .reduce((sum, { endpoints }) => sum + endpoints, 0),
  );
}

function* sumByKey(
  identities: Iterable<NumericIdentity>,
  view: ClusterView,
  numberOf: (identity: NumericIdentity) => number,
): Generator<Pause, number> {
  const byKey = new Map<string, number>();
  let seen = 0;
  for (const identity of identities) {
    byKey.set(canonicalKey(view.labelsOf(identity) ?? []), numberOf(identity));
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
  }
  return [...byKey.values()].reduce((sum, number) => sum + number, 0);
}

function isInClass(
  identity: NumericIdentity,
  ports: NamedPortMap,
  { key, ownNames }: PolicyClass,
  view: ClusterView,
): boolean {
  return ownNames.length === 0 || view.classOf(view.labelsOf(identity) ?? [], identity, ports).key === key;
}

/** The lowest that has endpoints; else the lowest. Numbers that were made up come last; that of a host endpoint is 1. */
export function exampleOf(identities: readonly NumericIdentity[], view: ClusterView): NumericIdentity | undefined {
  if (identities.some(isHostEndpoint)) return HOST_IDENTITY;
  const numbered = identities.filter((identity) => view.hasNumber(identity)).sort((a, b) => a - b);
  return numbered.find((identity) => view.useOf(identity).pods + view.useOf(identity).endpoints > 0) ?? numbered[0];
}

/** Of a class of host endpoints: the first by name of the nodes that have them. */
export function exampleNode(identities: readonly NumericIdentity[], view: ClusterView): string | undefined {
  let first: string | undefined;
  for (const identity of identities) {
    for (const name of view.nodesWith(identity)) if (first === undefined || compareBytes(name, first) < 0) first = name;
  }
  return first;
}

/** One that has the map, as people know it: a pod of the example, or of any of them where the example has none. */
export function* examplePod(
  { policyClass, identities }: ClassMembers,
  view: ClusterView,
): Generator<Pause, string | undefined> {
  const example = exampleOf(identities, view);
  const own = example === undefined ? undefined : yield* firstPod({ policyClass, identities: [example] }, view);
  return own ?? (yield* firstPod({ policyClass, identities }, view));
}

/** By name. */
function* firstPod({ policyClass, identities }: ClassMembers, view: ClusterView): Generator<Pause, string | undefined> {
  let first: string | undefined;
  let seen = 0;
  for (const identity of identities) {
    for (const { namespace, name, ports } of view.podsWith(identity)) {
      if (++seen % PODS_PER_PAUSE === 0) yield PAUSE;
      if (!isInClass(identity, namedPorts(ports), policyClass, view)) continue;
      const path = `${namespace}/${name}`;
      if (first === undefined || compareBytes(path, first) < 0) first = path;
    }
  }
  return first;
}
