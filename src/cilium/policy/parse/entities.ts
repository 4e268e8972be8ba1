/**
 * Entities -> the selectors that stand for them.
 *
 * Mirrors pkg/policy/api/entity.go. Since 1.20 world, remote-node, cluster and cluster-mesh also select the aggregate
 * identities of the same name, which is what makes them cheap; a label selector never does.
 */
import { CLUSTER_KEY } from '../../identity/pod-labels.ts';
import type { PolicyContext } from '../context.ts';
import { endpointSelector, equals, exists, WILDCARD, type EndpointSelector } from '../selector.ts';

const SINGLE_LABEL_ENTITIES = [
  'world-ipv4',
  'world-ipv6',
  'host',
  'init',
  'ingress',
  'health',
  'unmanaged',
  'kube-apiserver',
] as const;

const IN_CLUSTER = ['host', 'remote-node', 'init', 'ingress', 'health', 'unmanaged', 'kube-apiserver'] as const;

/** Undefined for an entity that this version does not know. */
export function entitySelectors(entity: string, context: PolicyContext): readonly EndpointSelector[] | undefined {
  switch (entity) {
    case 'all':
      return [WILDCARD];
    case 'world':
      return [...reserved('world', 'world-ipv4', 'world-ipv6'), ...aggregate('world', context)];
    case 'remote-node':
      return [...reserved('remote-node'), ...aggregate('remote-node', context)];
    case 'cluster':
      return [...inCluster(context), endpointSelector([equals('k8s', CLUSTER_KEY, context.config.clusterName)])];
    case 'none':
      // Cilium has a selector that selects nothing, and leaves it out when it merges rules.
      return [];
    case 'cluster-mesh':
      return context.profile.clusterMeshEntity ? inMesh(context) : undefined;
    default:
      return isSingleLabelEntity(entity) ? reserved(entity) : undefined;
  }
}

function inCluster(context: PolicyContext): readonly EndpointSelector[] {
  return [...reserved(...IN_CLUSTER), ...aggregate('cluster', context)];
}

function inMesh(context: PolicyContext): readonly EndpointSelector[] {
  const anyCluster = endpointSelector([exists('any', CLUSTER_KEY)]);
  return [...inCluster(context), ...aggregate('cluster-mesh', context), anyCluster];
}

function aggregate(name: string, { profile }: PolicyContext): readonly EndpointSelector[] {
  return profile.aggregateIdentities ? reserved(`aggregate-${name}`) : [];
}

function reserved(...names: readonly string[]): readonly EndpointSelector[] {
  return names.map((name) => endpointSelector([equals('reserved', name, '')]));
}

function isSingleLabelEntity(entity: string): boolean {
  return (SINGLE_LABEL_ENTITIES as readonly string[]).includes(entity);
}
