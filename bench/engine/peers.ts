/**
 * Peer selectors in the mix of the workload, and how broad they are.
 */
import type { Json } from '../workload/json.ts';
import type { NamespacePlan } from '../workload/policies.ts';
import { skewed, type Random } from '../workload/random.ts';
import { COMPONENTS, FEATURES, TIERS } from './cluster-labels.ts';
import type { ClusterParameters } from './parameters.ts';

export const NAMESPACE_LABEL = 'k8s:io.kubernetes.pod.namespace';
export const TENANT_LABEL = 'k8s:io.cilium.k8s.namespace.labels.tenant';

export interface Peer {
  readonly selector: Json;
  /** It takes a good part of the cluster: its rule has one port. */
  readonly isBroad: boolean;
}

export interface PeerGround {
  readonly namespaces: readonly NamespacePlan[];
  readonly parameters: Pick<ClusterParameters, 'zipf' | 'selectorMix'>;
  readonly random: Random;
}

/** A selector without a namespace in it stays in the namespace of its policy. */
export function peerOf(namespace: NamespacePlan, ground: PeerGround): Peer {
  const { random, parameters } = ground;
  let left = random.next();
  const isNext = (share: number): boolean => (left -= share) < 0;
  const { app, component, namespace: whole, tenant, apps } = parameters.selectorMix;
  if (isNext(app)) return narrow(appIn(namespace, ground));
  if (isNext(component)) return narrow(componentIn(namespace, random));
  if (isNext(whole)) return narrow({ matchLabels: { [NAMESPACE_LABEL]: neighbour(ground).name } });
  if (isNext(tenant)) {
    return narrow({ matchLabels: { [TENANT_LABEL]: namespace.tenant, app: random.pick(namespace.apps) } });
  }
  if (isNext(apps)) return narrow(oneOfApps(namespace, random));
  return broad(ground);
}

function narrow(selector: Json): Peer {
  return { selector, isBroad: false };
}

/** Of another namespace as often as of its own. */
function appIn(namespace: NamespacePlan, ground: PeerGround): Json {
  const { random } = ground;
  if (random.next() < 0.5) return { matchLabels: { app: random.pick(namespace.apps) } };
  const other = neighbour(ground);
  return { matchLabels: { [NAMESPACE_LABEL]: other.name, app: random.pick(other.apps) } };
}

function neighbour({ namespaces, parameters, random }: PeerGround): NamespacePlan {
  return namespaces[skewed(random, namespaces.length, parameters.zipf)] ?? random.pick(namespaces);
}

function componentIn({ name }: NamespacePlan, random: Random): Json {
  const component = `component-${random.below(COMPONENTS)}`;
  return { matchLabels: { [NAMESPACE_LABEL]: name, tier: random.pick(TIERS), component } };
}

function oneOfApps({ apps }: NamespacePlan, random: Random): Json {
  const values = [random.pick(apps), random.pick(apps), random.pick(apps)];
  return { matchExpressions: [{ key: 'app', operator: 'In', values: [...new Set(values)] }] };
}

/** One in five goes beyond its namespace. */
function broad({ parameters, random }: PeerGround): Peer {
  const expression = broadExpression(random, parameters.zipf);
  if (random.next() < 0.8) return narrow({ matchExpressions: [expression] });
  const anywhere = { key: NAMESPACE_LABEL, operator: 'Exists' };
  const some = { key: 'tier', operator: 'In', values: [random.pick(TIERS)] };
  return { selector: { matchExpressions: [anywhere, some, expression] }, isBroad: true };
}

function broadExpression(random: Random, zipf: number): Json {
  const feature = `example.com/feature-${skewed(random, FEATURES, zipf)}`;
  const kind = random.next();
  if (kind < 1 / 3) return { key: 'component', operator: 'NotIn', values: [`component-${random.below(COMPONENTS)}`] };
  return { key: feature, operator: kind < 2 / 3 ? 'Exists' : 'DoesNotExist' };
}
