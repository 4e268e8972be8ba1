/**
 * Whether the other end of a flow is one that a rule names by labels or as an entity.
 *
 * Restates pkg/policy/api (selector.go, entity.go) and what ParseToCiliumRule adds to a written selector.
 */
import type { LabelArray } from '../identity/label.ts';
import type { SelectorSpec } from '../policy-spec.ts';
import {
  ciliumKey,
  CLUSTER_KEY,
  conditionsOf,
  equals,
  exists,
  isLeftToChance,
  meets,
  NAMESPACE_KEY,
  NAMESPACE_LABELS,
  names,
  type Condition,
} from './conditions.ts';
import type { ReplayContext, ReplayOptions, ReplayPeer } from './flow.ts';
import { hasReserved, peerLabels, WORLD_KEYS } from './peer-labels.ts';
import { truthOf, type Truth } from './truth.ts';

const CLUSTER_ENTITIES: readonly string[] = [
  'host',
  'remote-node',
  'init',
  'ingress',
  'health',
  'unmanaged',
  'kube-apiserver',
];

/** What surrounds a peer selector of a CNP (with its namespace) or CCNP (without). */
export interface SelectorScope {
  readonly namespace?: string;
  /** The rule's own endpointSelector names `reserved:init`. */
  readonly selectsInit: boolean;
}

/** An element of fromEndpoints or toEndpoints. */
export function endpointMatches(
  selector: SelectorSpec,
  scope: SelectorScope,
  peer: ReplayPeer,
  options: ReplayContext,
): Truth {
  const conditions = options.readings.conditions(selector, 'peer', () => endpointConditions(selector, scope, options));
  return isLeftToChance(conditions) ? 'maybe' : conditionsMatch(conditions, peer, options);
}

function endpointConditions(
  selector: SelectorSpec,
  scope: SelectorScope,
  options: ReplayOptions,
): readonly Condition[] {
  const written = conditionsOf(selector, ciliumKey(options.profile.legacySelectorKeys));
  if (written.some(({ source }) => source === 'reserved')) return written;
  return withCluster([...written, ...namespaceCondition(written, scope)], options);
}

/** Any operator on the namespace counts as naming it: after `NotIn` nothing positive is added. */
function namespaceCondition(written: readonly Condition[], { namespace, selectsInit }: SelectorScope): Condition[] {
  if (written.some((condition) => names(condition, NAMESPACE_KEY))) return [];
  if (namespace === undefined) return selectsInit ? [] : [exists('k8s', NAMESPACE_KEY)];
  const namesNamespaceLabel = written.some(
    ({ source, key }) => (source === 'k8s' || source === 'any') && key.startsWith(NAMESPACE_LABELS),
  );
  return namesNamespaceLabel ? [] : [equals(NAMESPACE_KEY, namespace)];
}

/** With policy-default-local-cluster, a peer that names no cluster is one of this cluster. */
export function withCluster(conditions: readonly Condition[], { config }: ReplayOptions): readonly Condition[] {
  if (!config.policyDefaultLocalCluster) return conditions;
  if (conditions.some((condition) => names(condition, CLUSTER_KEY))) return conditions;
  return [...conditions, equals(CLUSTER_KEY, config.clusterName)];
}

/** The peer's own labels meet the conditions, or those of the aggregate that stands for it in the policy map do. */
export function conditionsMatch(conditions: readonly Condition[], peer: ReplayPeer, options: ReplayOptions): Truth {
  if (peer.kind === 'address' && conditions.some(({ source }) => source === 'cidr')) return 'maybe';
  if (meets(peerLabels(peer, options), conditions)) return 'yes';
  const viaAggregate = aggregatesOf(peer, options).map((key) =>
    meets([{ source: 'reserved', key, value: '' }], conditions),
  );
  if (viaAggregate.every((met) => !met)) return 'no';
  // An address that no policy's prefix contains has no aggregate; which prefixes there are is not asked here.
  return viaAggregate.length === 1 && peer.kind === 'endpoint' ? 'yes' : 'maybe';
}

/** Those that may stand for it: a pod without a label of its cluster has that of its number, which is not asked here. */
function aggregatesOf(peer: ReplayPeer, { profile, config }: ReplayOptions): readonly string[] {
  if (!profile.aggregateIdentities) return [];
  if (peer.kind === 'address') return ['aggregate-world'];
  if (isReserved(peer.labels)) return [];
  const cluster = peer.labels.find(({ source, key }) => source === 'k8s' && key === CLUSTER_KEY);
  if (cluster === undefined) return ['aggregate-cluster', 'aggregate-cluster-mesh'];
  return [cluster.value === config.clusterName ? 'aggregate-cluster' : 'aggregate-cluster-mesh'];
}

function isReserved(labels: LabelArray): boolean {
  return labels.some(({ source }) => source === 'reserved');
}

/** An element of fromNodes or toNodes: nodes that have labels of their own are not modelled, other peers are no nodes. */
export function nodeMatches(peer: ReplayPeer): Truth {
  return hasReserved(peer.labels ?? [], 'remote-node') ? 'maybe' : 'no';
}

export function entityMatches(entity: string, peer: ReplayPeer, options: ReplayOptions): Truth {
  const labels = peerLabels(peer, options);
  switch (entity) {
    case 'all':
      return 'yes';
    case 'world':
      return truthOf(WORLD_KEYS.some((key) => hasReserved(labels, key)));
    case 'cluster':
      return clusterEntityMatches(equals(CLUSTER_KEY, options.config.clusterName), peer, options);
    case 'cluster-mesh':
      return clusterEntityMatches(exists('k8s', CLUSTER_KEY), peer, options);
    default:
      return truthOf(hasReserved(labels, entity));
  }
}

function clusterEntityMatches(condition: Condition, peer: ReplayPeer, options: ReplayOptions): Truth {
  const labels = peerLabels(peer, options);
  if (isClusterEntity(labels) || meets(labels, [condition])) return 'yes';
  return peer.kind === 'endpoint' && aggregatesOf(peer, options).length > 1 ? 'maybe' : 'no';
}

function isClusterEntity(labels: LabelArray): boolean {
  return CLUSTER_ENTITIES.some((key) => hasReserved(labels, key));
}
