/**
 * cilium-config -> the agent settings that identities and policy maps depend on, with that version's defaults.
 *
 * Mirrors pkg/option/config.go, pkg/policy/k8s/watcher.go, pkg/clustermesh/types/option.go, pkg/maps/policymap/cell.go,
 * pkg/policy/cell/cell.go, pkg/fqdn/namemanager/cell.go and operator/identitygc/cell.go. The defaults are the agent's own, not those of the Helm
 * chart: a chart writes the keys that it sets.
 * Invariant: a value that the agent would not take as written is a problem, and the default stands in for it.
 */
import { ConfigReader, type AgentConfigProblem } from './config-reader.ts';
import { readFixedIdentityMapping } from './identity/fixed-identity-mapping.ts';
import type { PolicyKind } from './objects.ts';
import type { Profile } from './profile.ts';

export interface AgentConfig {
  /** The `labels` string as written; undefined where the key is absent. */
  readonly labels?: string;
  /** `label-prefix-file`: a path inside the agent; its content has to be given apart. */
  readonly labelPrefixFile?: string;
  readonly clusterName: string;
  readonly clusterID: number;
  readonly maxConnectedClusters: 255 | 511;
  readonly ciliumNamespace: string;
  readonly wellKnownIdentities: boolean;
  /** Numeric id (128-255) -> label value of `io.cilium.fixed-identity`. */
  readonly fixedIdentityMapping: ReadonlyMap<number, string>;
  readonly identityAllocationMode: 'crd' | 'kvstore' | 'doublewrite-readkvstore' | 'doublewrite-readcrd';
  readonly identityManagementMode: 'agent' | 'operator' | 'both';
  /** Milliseconds. */
  readonly identityHeartbeatTimeoutMs: number;
  /** Milliseconds; 0 switches the collection of unused identities off. */
  readonly identityGCIntervalMs: number;
  /** False where all policy is switched off: agents then read namespaces without their labels. */
  readonly networkPolicyEnabled: boolean;
  /** Of which agents read objects: the others are stored, and nothing comes of them. */
  readonly policyKinds: ReadonlySet<PolicyKind>;

  readonly enforcement: 'default' | 'always' | 'never';
  /** `auto` is resolved to `always`, as the agent does under Kubernetes. */
  readonly allowLocalhost: 'always' | 'policy';
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly policyDefaultLocalCluster: boolean;
  readonly nodeSelectorLabels: boolean;
  /** `node-labels` as written: which labels of nodes are part of their identities. */
  readonly nodeLabels: string;
  readonly hostFirewall: boolean;
  readonly l7Proxy: boolean;
  /** Agents hand on the names of TLS secrets, and never look whether these exist. */
  readonly proxyReadsSecrets: boolean;
  readonly icmpRules: boolean;
  readonly nonDefaultDeny: boolean;
  readonly extendedIPProtocols: boolean;
  /** Words of `policy-cidr-match-mode`. */
  readonly cidrMatchMode: readonly string[];
  readonly fqdnPreallocation: boolean;
  /** Of the Services that agents read; those without such a label where absent. */
  readonly serviceProxyName?: string;
  readonly watchesHeadlessServices: boolean;
  /** Entries, clamped to 256-65,536. */
  readonly policyMapMax: number;
  /** An endpoint whose policy map is too small drops everything instead of going on with what fits. */
  readonly lockdownOnOverflow: boolean;
}

export interface AgentConfigContext {
  readonly profile: Profile;
  /** Where Cilium runs, unless `k8s-namespace` says otherwise. */
  readonly namespace: string;
}

export interface AgentConfigReading {
  readonly config: AgentConfig;
  readonly problems: readonly AgentConfigProblem[];
}

export function readAgentConfig(data: ReadonlyMap<string, string>, context: AgentConfigContext): AgentConfigReading {
  const reader = new ConfigReader(data);
  const options = { ...readIdentityOptions(reader, context), ...readPolicyOptions(reader, context.profile) };
  const config = { ...options, networkPolicyEnabled: readNetworkPolicyEnabled(reader, context.profile, options) };
  return { config, problems: reader.problems };
}

const MINUTE_MS = 60_000;

function readIdentityOptions(reader: ConfigReader, { profile, namespace }: AgentConfigContext) {
  const labels = reader.text('labels');
  const labelPrefixFile = reader.text('label-prefix-file');
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(labelPrefixFile === undefined ? {} : { labelPrefixFile }),
    ...readCluster(reader),
    ciliumNamespace: reader.text('k8s-namespace') ?? namespace,
    wellKnownIdentities: reader.bool('enable-well-known-identities', true),
    fixedIdentityMapping: readFixedIdentityMapping(reader, profile),
    identityAllocationMode: readAllocationMode(reader),
    identityManagementMode: reader.word('identity-management-mode', ['agent', 'operator', 'both'], 'agent'),
    identityHeartbeatTimeoutMs: reader.durationMs('identity-heartbeat-timeout', 30 * MINUTE_MS),
    identityGCIntervalMs: reader.durationMs('identity-gc-interval', 15 * MINUTE_MS),
  } as const;
}

function readCluster(reader: ConfigReader) {
  const maxConnectedClusters = reader.word('max-connected-clusters', ['255', '511'], '255') === '511' ? 511 : 255;
  const clusterID = reader.integer('cluster-id', 0, { least: 0, most: maxConnectedClusters });
  return { clusterName: readClusterName(reader), clusterID, maxConnectedClusters } as const;
}

const CLUSTER_NAME = /^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/;

/** A name that the agent would refuse at its next start is still the best guess at the one it runs with. */
function readClusterName(reader: ConfigReader): string {
  const name = reader.text('cluster-name');
  if (name === undefined) return 'default';
  if (!CLUSTER_NAME.test(name)) reader.note('cluster-name', 'is not a name of at most 32 of a-z, 0-9 and "-"');
  return name;
}

const ALLOCATION_MODES = ['crd', 'kvstore', 'doublewrite-readkvstore', 'doublewrite-readcrd'] as const;

/** The agent's default is kvstore, but without a kvstore it uses CRDs whatever the mode says. */
function readAllocationMode(reader: ConfigReader) {
  const mode = reader.word('identity-allocation-mode', ALLOCATION_MODES, 'kvstore');
  if (reader.text('kvstore') !== undefined) return mode;
  if (mode !== 'crd' && reader.text('identity-allocation-mode') === mode) {
    reader.note('identity-allocation-mode', 'needs the option kvstore; the agent uses crd');
  }
  return 'crd';
}

function readPolicyOptions(reader: ConfigReader, profile: Profile) {
  const allowLocalhost = reader.wordInAnyCase('allow-localhost', ['auto', 'always', 'policy'], 'auto');
  return {
    policyKinds: readPolicyKinds(reader, profile),
    enforcement: reader.wordInAnyCase('enable-policy', ['default', 'always', 'never'], 'default'),
    allowLocalhost: allowLocalhost === 'policy' ? 'policy' : 'always',
    ipv4: reader.bool('enable-ipv4', true),
    ipv6: reader.bool('enable-ipv6', true),
    policyDefaultLocalCluster: reader.bool('policy-default-local-cluster', profile.policyDefaultLocalCluster),
    nodeSelectorLabels: reader.bool('enable-node-selector-labels', false),
    nodeLabels: reader.text('node-labels') ?? '',
    hostFirewall: reader.bool('enable-host-firewall', false),
    l7Proxy: reader.bool('enable-l7-proxy', true),
    proxyReadsSecrets: readProxyReadsSecrets(reader),
    icmpRules: reader.bool('enable-icmp-rules', true),
    nonDefaultDeny: reader.bool('enable-non-default-deny-policies', true),
    extendedIPProtocols: profile.extendedIPProtocolsOption && reader.bool('enable-extended-ip-protocols', false),
    cidrMatchMode: reader.words('policy-cidr-match-mode', profile.cidrMatchModes),
    fqdnPreallocation: reader.bool('tofqdns-preallocate-identities', true),
    ...readServiceOptions(reader),
    policyMapMax: reader.clampedInteger('bpf-policy-map-max', 16_384, { least: 256, most: 65_536 }),
    lockdownOnOverflow: reader.bool('enable-endpoint-lockdown-on-policy-overflow', false),
  } as const;
}

/** pkg/crypto/certificatemanager: the namespace counts only where secrets are read from nowhere else. */
function readProxyReadsSecrets(reader: ConfigReader): boolean {
  const isSynced = reader.bool('enable-policy-secrets-sync', false);
  const onlyThere = reader.bool('policy-secrets-only-from-secrets-namespace', false);
  return isSynced && onlyThere && reader.text('policy-secrets-namespace') !== undefined;
}

/** pkg/k8s/resource_ctors.go, and daemon/k8s/resources.go for who needs headless Services. */
function readServiceOptions(reader: ConfigReader) {
  const serviceProxyName = reader.text('k8s-service-proxy-name');
  const options = ['enable-gateway-api', 'enable-ingress-controller'];
  const watchesHeadlessServices = options.some((option) => reader.bool(option, false));
  return { ...(serviceProxyName === undefined ? {} : { serviceProxyName }), watchesHeadlessServices };
}

/** On unless they are switched off. */
const KIND_OPTIONS = [
  ['NetworkPolicy', 'enable-k8s-networkpolicy'],
  ['CiliumNetworkPolicy', 'enable-cilium-network-policy'],
  ['CiliumClusterwideNetworkPolicy', 'enable-cilium-clusterwide-network-policy'],
] as const;

/** pkg/policy/k8s/watcher.go: a kind that is off has no watch. */
function readPolicyKinds(reader: ConfigReader, profile: Profile): ReadonlySet<PolicyKind> {
  const kinds = new Set<PolicyKind>();
  for (const [kind, option] of KIND_OPTIONS) if (reader.bool(option, true)) kinds.add(kind);
  const hasTiers = profile.clusterNetworkPolicyOption && reader.bool('enable-k8s-cluster-network-policy', false);
  return hasTiers ? kinds.add('ClusterNetworkPolicy') : kinds;
}

/** pkg/option/features.go: any one of these keeps it on. */
function readNetworkPolicyEnabled(
  reader: ConfigReader,
  profile: Profile,
  options: Pick<AgentConfig, 'enforcement' | 'identityAllocationMode' | 'policyKinds'>,
): boolean {
  return [
    options.enforcement !== 'never',
    options.identityAllocationMode !== 'crd',
    options.policyKinds.size > 0,
    !reader.bool('disable-endpoint-crd', false),
    reader.bool('enable-cilium-endpoint-slice', false) && profile.endpointSlicesNeedPolicy,
  ].includes(true);
}
