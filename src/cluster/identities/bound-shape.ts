/**
 * A pod as it is once it is bound to a node: with the zone and the region of that node among its labels.
 *
 * Mirrors the admission plugin PodTopologyLabels and the copying of the labels of a Binding over those of the pod
 * (registry/core/pod/storage, copyLabelsWithOverwriting; on since Kubernetes 1.35). An agent makes an identity once the pod is
 * bound, so that one without these labels never comes; an operator makes it before, and another one then.
 * Which node it will be nobody knows: of the identities that it may get one that is there already, else the first. So nothing is
 * told to be minted where it may not be; of a workload whose pods spread over zones, no fewer than one is.
 * Cost: O(1) where the label filter keeps neither label, as by default since 1.18.7; else O(nodes).
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import type { ClusterNode, Labels, PodShape } from '../../cilium/objects.ts';
import type { Layers } from '../layers.ts';
import type { Settings } from '../settings.ts';
import { identityOfShape } from './shape-identity.ts';

/** What of the labels of a node comes to its pods. */
export const TOPOLOGY_KEYS: readonly string[] = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];
const FIRST_MINOR = 35;

export type BindingGround = Pick<Layers, 'settings' | 'objects' | 'identities'>;

/** Of a pod that is not bound, or of those of a workload. */
export function boundShape<Shape extends PodShape>(shape: Shape, namespace: string, ground: BindingGround): Shape {
  const keys = keptKeys(ground.settings);
  if (keys.length === 0 || !copiesTopology(ground.objects.kubernetesNodes())) return shape;
  const shapes = topologiesOf(ground.objects.kubernetesNodes(), keys).map((topology) => bound(shape, topology));
  return shapes.find((one) => isThere(one, namespace, ground)) ?? shapes[0] ?? shape;
}

/** Those that make a difference. */
function keptKeys({ filter, config }: Settings): readonly string[] {
  if (filter.kind !== 'known' || config.identityManagementMode !== 'agent') return [];
  return TOPOLOGY_KEYS.filter((key) => isKept(key, filter.filter));
}

function isKept(key: string, filter: LabelFilter): boolean {
  return filter.keeps({ source: 'k8s', key, value: '' });
}

/** No kubelet is newer than its API server. One that is older tells nothing. */
function copiesTopology(nodes: Iterable<ClusterNode>): boolean {
  for (const { kubelet = '' } of nodes) {
    const [, major, minor] = /^v([0-9]{1,4})[.]([0-9]{1,4})/.exec(kubelet) ?? [];
    if (Number(major) > 1 || (Number(major) === 1 && Number(minor) >= FIRST_MINOR)) return true;
  }
  return false;
}

/** Each once, in a fixed order. */
function topologiesOf(nodes: Iterable<ClusterNode>, keys: readonly string[]): readonly Labels[] {
  const topologies = new Map<string, Labels>();
  for (const { labels } of nodes) {
    const topology = keys.flatMap((key) => {
      const value = labels.get(key);
      return value === undefined ? [] : [[key, value] as const];
    });
    topologies.set(JSON.stringify(topology), new Map(topology));
  }
  return [...topologies].sort(([a], [b]) => compareBytes(a, b)).map(([, topology]) => topology);
}

function bound<Shape extends PodShape>(shape: Shape, topology: Labels): Shape {
  return topology.size === 0 ? shape : { ...shape, labels: new Map([...shape.labels, ...topology]) };
}

function isThere(shape: PodShape, namespace: string, ground: BindingGround): boolean {
  const identity = identityOfShape(shape, namespace, ground);
  return identity.kind === 'global' && ground.identities.withKey(identity.key).length > 0;
}
