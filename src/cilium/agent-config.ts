/**
 * cilium-config -> the agent settings that identities and policy maps depend on, with that version's defaults.
 *
 * Mirrors pkg/option/config.go (the defaults of the agent, not of the Helm chart: a chart writes the keys it sets).
 */

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
  /** Milliseconds. */
  readonly identityGCIntervalMs: number;

  readonly enforcement: 'default' | 'always' | 'never';
  /** `auto` is resolved to `always`, as the agent does under Kubernetes. */
  readonly allowLocalhost: 'always' | 'policy';
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly policyDefaultLocalCluster: boolean;
  readonly nodeSelectorLabels: boolean;
  readonly hostFirewall: boolean;
  readonly l7Proxy: boolean;
  readonly icmpRules: boolean;
  readonly nonDefaultDeny: boolean;
  readonly extendedIPProtocols: boolean;
  readonly clusterNetworkPolicy: boolean;
  /** Words of `policy-cidr-match-mode`. */
  readonly cidrMatchMode: readonly string[];
  readonly fqdnPreallocation: boolean;
  /** Entries, clamped to 256-65,536. */
  readonly policyMapMax: number;
}
