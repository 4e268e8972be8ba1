/**
 * Numeric identities: their scopes, the range that a cluster allocates from, and those with a fixed meaning.
 *
 * Mirrors pkg/identity/numericidentity.go and reserved.go.
 */
import type { AgentConfig } from '../agent-config.ts';
import type { Profile } from '../profile.ts';
import { canonicalKey, labelArray, labelOf, reservedLabel, type LabelArray } from './label.ts';
import { CLUSTER_KEY, NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY, SERVICE_ACCOUNT_KEY } from './pod-labels.ts';

/** A Cilium numeric identity. 0 is the wildcard of a policy map. */
export type NumericIdentity = number;

export interface NamedIdentity {
  readonly id: number;
  readonly name: string;
  /** Empty for `unknown`, which no packet carries. */
  readonly labels: LabelArray;
}

/** Bits 24-31: 0 for all nodes, 1 for CIDR and FQDN identities of one node, 2 for nodes as one node numbers them. */
export type IdentityScope = 'global' | 'local' | 'remote-node';

export const LOCAL_SCOPE_BASE = 1 << 24;
export const REMOTE_NODE_SCOPE_BASE = 2 << 24;
const FIRST_ALLOCATED = 256;

export function scopeOf(id: number): IdentityScope {
  switch (id >>> 24) {
    case 1:
      return 'local';
    case 2:
      return 'remote-node';
    default:
      return 'global';
  }
}

/** What a cluster sets in the 24 bits of its identities: its id, above a shift of 16, or 15 where 511 clusters may connect. */
export interface IdentityBits {
  readonly id: number;
  readonly shift: 15 | 16;
}

export function identityBits(config: Pick<AgentConfig, 'clusterID' | 'maxConnectedClusters'>): IdentityBits {
  return { id: config.clusterID, shift: config.maxConnectedClusters === 511 ? 15 : 16 };
}

export interface IdentityRange {
  readonly first: number;
  /** Belongs to the range. */
  readonly last: number;
  readonly size: number;
}

/** What the agents and the operator of a cluster allocate from. Cluster 0 shares its range with the reserved identities. */
export function identityRange(config: Pick<AgentConfig, 'clusterID' | 'maxConnectedClusters'>): IdentityRange {
  return rangeOfBits(identityBits(config));
}

export function rangeOfBits({ id, shift }: IdentityBits): IdentityRange {
  const first = id === 0 ? FIRST_ALLOCATED : id << shift;
  const last = ((id + 1) << shift) - 1;
  return { first, last, size: last - first + 1 };
}

export function isInRange(range: IdentityRange, id: number): boolean {
  return id >= range.first && id <= range.last;
}

const RESERVED_NAMES = [
  'unknown',
  'host',
  'world',
  'unmanaged',
  'health',
  'init',
  'remote-node',
  'kube-apiserver',
  'ingress',
  'world-ipv4',
  'world-ipv6',
] as const;

const AGGREGATE_NAMES = [
  'aggregate-cluster',
  'aggregate-cluster-mesh',
  'aggregate-world',
  'aggregate-remote-node',
] as const;

/** Ids 0-10, and 11-14 since 1.20, in order. */
export function reservedIdentities(profile: Profile): readonly NamedIdentity[] {
  const names = profile.aggregateIdentities ? [...RESERVED_NAMES, ...AGGREGATE_NAMES] : RESERVED_NAMES;
  return names.map((name, id) => ({ id, name, labels: reservedLabels(name) }));
}

/** Its number in this version; undefined for a name that it does not have. */
export function reservedNumber(name: string, profile: Profile): NumericIdentity | undefined {
  return reservedIdentities(profile).find((reserved) => reserved.name === name)?.id;
}

function reservedLabels(name: string): LabelArray {
  if (name === 'unknown') return [];
  const keys = name === 'kube-apiserver' ? [name, 'remote-node'] : [name];
  return labelArray(keys.map(reservedLabel));
}

/** What `fixed-identity-mapping` adds to the reserved identities: policies see such a pod with this one label. */
export function userReservedIdentities(config: Pick<AgentConfig, 'fixedIdentityMapping'>): readonly NamedIdentity[] {
  return [...config.fixedIdentityMapping].map(([id, name]) => ({
    id,
    name,
    labels: [reservedLabel(name)],
  }));
}

type WellKnownConfig = Pick<AgentConfig, 'clusterName' | 'ciliumNamespace'>;

interface WellKnownComponent {
  readonly id: number;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Pods with exactly these labels get these ids, where `enable-well-known-identities` is on. In order of id. */
export function wellKnownIdentities(config: WellKnownConfig): readonly NamedIdentity[] {
  const components = wellKnownComponents(config);
  return [
    ...components.map((component) => wellKnown(component, config)),
    ...components.map((component) => wellKnownWithNamespaceName(component, config)),
  ];
}

const DNS = { 'k8s-app': 'kube-dns' };
const EKS_COMPONENT = 'eks.amazonaws.com/component';
const OPERATOR = {
  name: 'cilium-operator',
  'io.cilium/app': 'operator',
  'app.kubernetes.io/part-of': 'cilium',
  'app.kubernetes.io/name': 'cilium-operator',
};

function wellKnownComponents({ ciliumNamespace }: WellKnownConfig): readonly WellKnownComponent[] {
  const namespace = 'kube-system';
  return [
    { id: 102, namespace, serviceAccount: 'kube-dns', labels: DNS },
    { id: 103, namespace, serviceAccount: 'kube-dns', labels: { ...DNS, [EKS_COMPONENT]: 'kube-dns' } },
    { id: 104, namespace, serviceAccount: 'coredns', labels: DNS },
    { id: 105, namespace: ciliumNamespace, serviceAccount: 'cilium-operator', labels: OPERATOR },
    { id: 106, namespace, serviceAccount: 'coredns', labels: { ...DNS, [EKS_COMPONENT]: 'coredns' } },
  ];
}

function wellKnown(component: WellKnownComponent, config: WellKnownConfig): NamedIdentity {
  const labels = {
    ...component.labels,
    [POD_NAMESPACE_KEY]: component.namespace,
    [SERVICE_ACCOUNT_KEY]: component.serviceAccount,
    [CLUSTER_KEY]: config.clusterName,
  };
  const array = labelArray(Object.entries(labels).map(([key, value]) => ({ source: 'k8s', key, value })));
  return { id: component.id, name: String(component.id), labels: array };
}

/** The same labels and the one that Kubernetes gives every namespace: an id of its own, 8 further. */
function wellKnownWithNamespaceName(component: WellKnownComponent, config: WellKnownConfig): NamedIdentity {
  const namespaceName = { [`${NAMESPACE_LABEL_PREFIX}kubernetes.io/metadata.name`]: component.namespace };
  return wellKnown({ ...component, id: component.id + 8, labels: { ...component.labels, ...namespaceName } }, config);
}

const WELL_KNOWN_ACCOUNTS: ReadonlySet<string> = new Set(['kube-dns', 'coredns', 'cilium-operator']);

/** The well-known id of a set of labels. */
export function wellKnownIdentity(labels: LabelArray, config: WellKnownConfig): number | undefined {
  // Spares all other pods the building of the table.
  if (!WELL_KNOWN_ACCOUNTS.has(labelOf(labels, SERVICE_ACCOUNT_KEY)?.value ?? '')) return undefined;
  const key = canonicalKey(labels);
  return wellKnownIdentities(config).find((known) => canonicalKey(known.labels) === key)?.id;
}
