/**
 * Policy classes with who is in them.
 *
 * Cost: O(identities), with a pause now and then.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { canonicalKey, compareBytes } from '../../cilium/identity/label.ts';
import { HOST_IDENTITY } from '../../cilium/policy/resolve.ts';
import { isHostEndpoint } from '../../cluster/identities/host-endpoints.ts';
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
    const policyClass = view.classOf(labels, identity);
    getOrMake(classes, policyClass.key, () => ({ policyClass, identities: [] })).identities.push(identity);
  }
  for (const { identities } of classes.values()) identities.sort((a, b) => a - b);
  return [...classes.values()];
}

function* withMaps(view: ClusterView): Iterable<NumericIdentity> {
  yield* view.identities();
  if (view.settings.config.hostFirewall) yield* view.hostEndpoints();
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
  const byKey = new Map<string, number>();
  let seen = 0;
  for (const identity of identities) {
    const { pods, endpoints } = view.useOf(identity);
    byKey.set(canonicalKey(view.labelsOf(identity) ?? []), Math.max(pods, endpoints));
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
  }
  return [...byKey.values()].reduce((sum, endpoints) => sum + endpoints, 0);
}

/** The lowest that has endpoints; else the lowest. Numbers that were made up come last; that of a host endpoint is 1. */
export function exampleOf(identities: readonly NumericIdentity[], view: ClusterView): NumericIdentity | undefined {
  if (identities.some(isHostEndpoint)) return HOST_IDENTITY;
  const numbered = identities.filter((identity) => view.hasNumber(identity)).sort((a, b) => a - b);
  return numbered.find((identity) => view.useOf(identity).pods + view.useOf(identity).endpoints > 0) ?? numbered[0];
}

/** One that has the map, as people know it: a pod of the example, or of any of them where the example has none. */
export function* examplePod(
  identities: readonly NumericIdentity[],
  view: ClusterView,
): Generator<Pause, string | undefined> {
  const example = exampleOf(identities, view);
  const own = example === undefined ? undefined : yield* firstPod([example], view);
  return own ?? (yield* firstPod(identities, view));
}

/** By name. */
function* firstPod(identities: readonly NumericIdentity[], view: ClusterView): Generator<Pause, string | undefined> {
  let first: string | undefined;
  let seen = 0;
  for (const identity of identities) {
    for (const { namespace, name } of view.podsWith(identity)) {
      if (++seen % PODS_PER_PAUSE === 0) yield PAUSE;
      const path = `${namespace}/${name}`;
      if (first === undefined || compareBytes(path, first) < 0) first = path;
    }
  }
  return first;
}
