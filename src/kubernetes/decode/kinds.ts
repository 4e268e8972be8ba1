/**
 * Every kind that the model reads, and what decodes it. A new kind is a decoder and one line here.
 */
import type { ClusterObject, CustomWorkloadKind, Kind } from '../../cilium/objects.ts';
import { decodeCiliumCIDRGroup } from './cilium-cidr-group.ts';
import { decodeCiliumEndpoint, decodeCiliumEndpointSlice } from './cilium-endpoint.ts';
import { decodeCiliumIdentity } from './cilium-identity.ts';
import { decodeCiliumClusterwideNetworkPolicy, decodeCiliumNetworkPolicy } from './cilium-policy.ts';
import { decodeClusterNetworkPolicy } from './cluster-network-policy.ts';
import { decodeCiliumNode, decodeNode } from './cluster-node.ts';
import { decodeConfigMap } from './config-map.ts';
import { decodeControllerRevision } from './controller-revision.ts';
import { decodeNamespace } from './namespace.ts';
import { decodeNetworkPolicy } from './network-policy.ts';
import type { JsonNode } from './node.ts';
import {
  OF_ANY,
  OF_CILIUM_NODE,
  OF_CONFIG_MAP,
  OF_CRON_JOB,
  OF_ENDPOINT,
  OF_ENDPOINT_SLICE,
  OF_IDENTITY,
  OF_NODE,
  OF_POD,
  OF_REVISION,
  OF_WORKLOAD,
  type PassedOver,
} from './passed-over.ts';
import { decodePod } from './pod.ts';
import { decodeEndpoints, decodeEndpointSlice, decodeService } from './service.ts';
import { decodeWorkload } from './workload.ts';

export interface KindEntry {
  readonly kind: Kind;
  /** Empty for the core group. */
  readonly apiGroup: string;
  /** The newest first; the fields that are read are the same in all of them. */
  readonly versions: readonly string[];
  /** The name in URLs and RBAC rules. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly decode: (root: JsonNode) => ClusterObject;
  /** Of a custom kind nothing is known to be unread. */
  readonly passedOver?: PassedOver;
}

const apps = { apiGroup: 'apps', versions: ['v1'], namespaced: true };
const batch = { apiGroup: 'batch', versions: ['v1', 'v1beta1'], namespaced: true };
const core = { apiGroup: '', versions: ['v1'] };
const cilium = { apiGroup: 'cilium.io', versions: ['v2', 'v2alpha1'] };

export const KINDS: readonly KindEntry[] = [
  {
    kind: 'Namespace',
    ...core,
    resource: 'namespaces',
    namespaced: false,
    decode: decodeNamespace,
    passedOver: OF_ANY,
  },
  { kind: 'Node', ...core, resource: 'nodes', namespaced: false, decode: decodeNode, passedOver: OF_NODE },
  { kind: 'Pod', ...core, resource: 'pods', namespaced: true, decode: decodePod, passedOver: OF_POD },
  {
    kind: 'ConfigMap',
    ...core,
    resource: 'configmaps',
    namespaced: true,
    decode: decodeConfigMap,
    passedOver: OF_CONFIG_MAP,
  },
  { kind: 'Service', ...core, resource: 'services', namespaced: true, decode: decodeService, passedOver: OF_ANY },
  {
    kind: 'EndpointSlice',
    apiGroup: 'discovery.k8s.io',
    versions: ['v1'],
    resource: 'endpointslices',
    namespaced: true,
    decode: decodeEndpointSlice,
    passedOver: OF_ANY,
  },
  { kind: 'Endpoints', ...core, resource: 'endpoints', namespaced: true, decode: decodeEndpoints, passedOver: OF_ANY },
  {
    kind: 'Deployment',
    ...apps,
    resource: 'deployments',
    decode: decodeWorkload('Deployment'),
    passedOver: OF_WORKLOAD,
  },
  {
    kind: 'ReplicaSet',
    ...apps,
    resource: 'replicasets',
    decode: decodeWorkload('ReplicaSet'),
    passedOver: OF_WORKLOAD,
  },
  {
    kind: 'StatefulSet',
    ...apps,
    resource: 'statefulsets',
    decode: decodeWorkload('StatefulSet'),
    passedOver: OF_WORKLOAD,
  },
  { kind: 'DaemonSet', ...apps, resource: 'daemonsets', decode: decodeWorkload('DaemonSet'), passedOver: OF_WORKLOAD },
  {
    kind: 'ControllerRevision',
    ...apps,
    resource: 'controllerrevisions',
    decode: decodeControllerRevision,
    passedOver: OF_REVISION,
  },
  { kind: 'Job', ...batch, resource: 'jobs', decode: decodeWorkload('Job'), passedOver: OF_WORKLOAD },
  { kind: 'CronJob', ...batch, resource: 'cronjobs', decode: decodeWorkload('CronJob'), passedOver: OF_CRON_JOB },
  {
    kind: 'NetworkPolicy',
    apiGroup: 'networking.k8s.io',
    versions: ['v1'],
    resource: 'networkpolicies',
    namespaced: true,
    decode: decodeNetworkPolicy,
    passedOver: OF_ANY,
  },
  {
    kind: 'CiliumNetworkPolicy',
    ...cilium,
    resource: 'ciliumnetworkpolicies',
    namespaced: true,
    decode: decodeCiliumNetworkPolicy,
    passedOver: OF_ANY,
  },
  {
    kind: 'ClusterNetworkPolicy',
    apiGroup: 'policy.networking.k8s.io',
    versions: ['v1alpha2'],
    resource: 'clusternetworkpolicies',
    namespaced: false,
    decode: decodeClusterNetworkPolicy,
    passedOver: OF_ANY,
  },
  {
    kind: 'CiliumClusterwideNetworkPolicy',
    ...cilium,
    resource: 'ciliumclusterwidenetworkpolicies',
    namespaced: false,
    decode: decodeCiliumClusterwideNetworkPolicy,
    passedOver: OF_ANY,
  },
  {
    kind: 'CiliumIdentity',
    ...cilium,
    resource: 'ciliumidentities',
    namespaced: false,
    decode: decodeCiliumIdentity,
    passedOver: OF_IDENTITY,
  },
  {
    kind: 'CiliumEndpoint',
    ...cilium,
    resource: 'ciliumendpoints',
    namespaced: true,
    decode: decodeCiliumEndpoint,
    passedOver: OF_ENDPOINT,
  },
  {
    kind: 'CiliumEndpointSlice',
    ...cilium,
    resource: 'ciliumendpointslices',
    namespaced: false,
    decode: decodeCiliumEndpointSlice,
    passedOver: OF_ENDPOINT_SLICE,
  },
  {
    kind: 'CiliumCIDRGroup',
    ...cilium,
    resource: 'ciliumcidrgroups',
    namespaced: false,
    decode: decodeCiliumCIDRGroup,
    passedOver: OF_ANY,
  },
  {
    kind: 'CiliumNode',
    ...cilium,
    resource: 'ciliumnodes',
    namespaced: false,
    decode: decodeCiliumNode,
    passedOver: OF_CILIUM_NODE,
  },
];

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `networking.k8s.io/v1` and `v1` (the core group). */
export function parseAPIVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

export function formatAPIVersion(gvk: { readonly group: string; readonly version: string }): string {
  return gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`;
}

/** The entry of a kind that the model reads, `custom` ones among them; undefined for any other. */
export function kindEntry(gvk: GroupVersionKind, custom: readonly KindEntry[] = []): KindEntry | undefined {
  const known = ENTRIES.get(gvk.kind);
  if (known !== undefined && isOf(known, gvk)) return known;
  return custom.find((entry) => entry.kind === customKind(gvk) && isOf(entry, gvk));
}

/** Each kind is here once. */
const ENTRIES: ReadonlyMap<string, KindEntry> = new Map(KINDS.map((entry) => [entry.kind, entry]));

function isOf({ apiGroup, versions }: KindEntry, { group, version }: GroupVersionKind): boolean {
  return apiGroup === group && versions.includes(version);
}

/** What the model calls a kind that is not one of Kubernetes or Cilium. */
export function customKind({ kind, group }: Pick<GroupVersionKind, 'kind' | 'group'>): CustomWorkloadKind {
  return `${kind}.${group}`;
}
