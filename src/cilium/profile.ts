/**
 * A Cilium version, to the patch, and the switches in which versions differ.
 *
 * The only place that compares version numbers. Everything else asks the profile by the name of the behaviour.
 * Sources: the matrices of Cilium 1.18.8, 1.19.5, 1.19.7 and 1.20.2, asked through their own packages.
 */
import { fail, ok, type Result } from './result.ts';

export interface CiliumVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc.1`, where the text named a release that was still to come. */
  readonly preRelease?: string;
}

export interface Profile {
  readonly version: CiliumVersion;
  /** Not empty where the patch level lies between two that differ and was not recorded: the larger count is taken. */
  readonly upperBound: { readonly identity: boolean; readonly policy: boolean };

  // Identity.
  /** `topology.kubernetes.io` is excluded by default (1.18.7, 1.19.0). */
  readonly excludesTopologyLabels: boolean;
  /** `gen:io.cilium.k8s.named-ports` is part of the identity (1.20). */
  readonly namedPortsLabel: boolean;
  /** A leading `reserved.` is cut off a pod label key (until 1.19). */
  readonly cutsReservedFromKeys: boolean;
  /** Ids 11-14 are the aggregates, and a wildcard of a policy map is five keys (1.20). */
  readonly aggregateIdentities: boolean;

  /** What `node-labels` leaves out of the identities of nodes may be their cluster (1.18). */
  readonly filtersClusterOfNodes: boolean;

  // Options of the agent.
  /** Words that `policy-cidr-match-mode` takes: `nodes`, and `pods` since 1.20. */
  readonly cidrMatchModes: readonly string[];
  /** `enable-extended-ip-protocols` exists (1.19). */
  readonly extendedIPProtocolsOption: boolean;
  /** `enable-k8s-cluster-network-policy` exists (1.20). */
  readonly clusterNetworkPolicyOption: boolean;
  /** `enable-cilium-endpoint-slice` alone keeps policy, and with it namespace labels, switched on (1.20). */
  readonly endpointSlicesNeedPolicy: boolean;

  // Policy.
  /** The API server has the CRDs that agents of this minor register. */
  readonly crds: SupportedMinor;
  /** Default of `policy-default-local-cluster`: peers get the local cluster label (1.19). */
  readonly policyDefaultLocalCluster: boolean;
  /**
   * The allow of the local host: `always` put in last and removed only by a deny or redirect on id 1 (until 1.19.0);
   * `ordinary`, so that any covering deny or redirect removes it (by 1.19.4); `lowest-tier`, with ingress rules only (1.20).
   */
  readonly hostEntry: 'always' | 'ordinary' | 'lowest-tier';
  /** A pod label with key `host` switches policy off (until 1.20.1). */
  readonly hostLabelDisablesPolicy: boolean;
  /** Egress named ports: one value in the whole cluster, or one per identity (1.20). */
  readonly egressNamedPorts: 'cluster' | 'identity';
  /** What a port says for everybody is put into the map before what it says for some (1.18). */
  readonly putsEverybodyFirst: boolean;
  /** A CIDR rule that selects everybody does not take the place of what stands beside it (1.19). */
  readonly mixesCIDRWildcards: boolean;
  /** A CIDR selector takes identities with a world label only (1.20). */
  readonly cidrSelectorsNeedWorld: boolean;
  /** Port 0 with endPort is any port (1.20) instead of a decomposed range. */
  readonly portZeroIgnoresEndPort: boolean;
  /** One CIDR list with both /0 prefixes selects reserved:world too (1.18). */
  readonly bothSlashZeroSelectWorld: boolean;
  /** Prefixes of length 0 have an entry in what the agent knows of prefixes (1.18). */
  readonly keepsSlashZero: boolean;
  /** The entity `cluster-mesh` is known (1.20). */
  readonly clusterMeshEntity: boolean;
  /** kafka and l7proto rules are parsed (until 1.19); later they are unknown fields and the rule widens to L4. */
  readonly parsesKafka: boolean;
  /** A DNS pattern has at most 255 characters (1.19). */
  readonly limitsDNSPatterns: boolean;
  /** With enable-node-selector-labels the host has the labels of its node, as other nodes have theirs (1.20). */
  readonly labelsOwnNode: boolean;
  /** A secret of a TLS context has to have a name that a secret can have (1.20). */
  readonly checksSecretNames: boolean;
  /** Stars at the start of a DNS pattern, where they are a label of their own, stand for more labels than one (1.19). */
  readonly starsSpanDNSLabels: boolean;
  /** fromRequires and toRequires are selectors (1.18); later they are texts without a meaning. */
  readonly acceptsRequires: boolean;
  /** Panics on a text that is no prefix where nothing has looked at it before; 1.18 selects nobody by it. */
  readonly panicsOnPrefixes: boolean;
  /** Agents take rules in the order of their objects; before, in any (1.19). */
  readonly keepsRuleOrder: boolean;
  /** A leading `$`, or `reserved.`, in a selector key means source `reserved` (until 1.19). */
  readonly legacySelectorKeys: boolean;
  /** Refuses an except that is wider than its cidr (1.20). */
  readonly refusesWiderExcept: boolean;
  /** The world label of a prefix depends on which families are on, not on dual stack alone (1.19). */
  readonly worldLabelByFamily: boolean;
  /** A cidrGroupSelector that is null is `{}` (1.19). */
  readonly nullSelectsEveryGroup: boolean;
  /** CIDR groups give `cidrgroup:key+value` labels beside `cidrgroup:key=value` (1.20, put back into 1.19). */
  readonly encodesCIDRGroupLabels: boolean;
  /**
   * Agents pass over a policy with groups, and the operator writes one with addresses in its place (until 1.19). Later a group is
   * the CIDR group that the operator fills.
   */
  readonly leavesGroupsToOperator: boolean;
  /** A rule with a list of peers that is there and empty brings the prefixes beside it all the same (1.18). */
  readonly readsPrefixesOfNobody: boolean;
  /**
   * Keys of a k8sServiceSelector: as written (1.18), what follows their first dot (1.19), with a source (1.19.6), with a source
   * that does not matter (1.20). A selector that is not taken, or of which no field is written, selects no Service in 1.18, and
   * every one later.
   */
  readonly serviceSelectors: 'literal' | 'dotted' | 'sourced' | 'anySource';
  /** In the selector of a Service, what stands before the first dot of a key names a source (until 1.18.8 and 1.19.2). */
  readonly serviceKeysNameSource: boolean;
  /** EndpointSlices are read by the proxy that their label names, as Services are (1.19). */
  readonly slicesNameTheirProxy: boolean;
  /** API servers are the backends of their Service (1.19), and not every address in its EndpointSlices. */
  readonly apiServersAreBackends: boolean;
  /** Protocols without ports that toPorts takes: none (1.18), VRRP and IGMP (1.19), GRE and others too (1.20). */
  readonly portlessProtocols: readonly string[];
  /** An ingress ipBlock together with the local cluster filter makes the agent refuse the NetworkPolicy (1.18). */
  readonly refusesIPBlockWithClusterFilter: boolean;
  /**
   * A selector of a NetworkPolicy with a key that is over 63 characters once the agent has put `k8s.`, and for namespaces
   * `k8s.io.cilium.k8s.namespace.labels.`, before it: the policy is refused (1.18), the selector selects everybody (1.19),
   * or nothing is wrong with it (1.20).
   */
  readonly longNetworkPolicyKeys: 'refused' | 'wildcard' | 'taken';
}

export const SUPPORTED_MINORS = ['1.18', '1.19', '1.20'] as const;
export type SupportedMinor = (typeof SUPPORTED_MINORS)[number];

export interface VersionError {
  readonly code: 'not-a-version' | 'unsupported-version';
  readonly reason: string;
}

/** Reads `1.20.2`, `v1.20.2`, `1.20.2-cee.1` or an image tag of that form. A minor alone (`1.20`) is not a version. */
export function parseVersion(text: string): Result<CiliumVersion, VersionError> {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+@](.*))?$/.exec(text);
  if (match === null) {
    return fail({ code: 'not-a-version', reason: `"${text.slice(0, 64)}" is not a Cilium version such as 1.20.2` });
  }
  const [preRelease] = /^(?:rc|pre|alpha|beta|dev|snapshot)[0-9A-Za-z.-]{0,32}/.exec(match[4] ?? '') ?? [];
  const version = { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
  return ok(preRelease === undefined ? version : { ...version, preRelease });
}

/** The newest patch of each minor that answers were recorded from. */
const NEWEST_RECORDED: ReadonlyMap<number, number> = new Map([
  [18, 8],
  [19, 7],
  [20, 2],
]);

/** What is taken for granted about a version that nothing was recorded from; undefined where nothing is. */
export function assumptionAbout(version: CiliumVersion): string | undefined {
  const text = formatVersion(version);
  if (version.preRelease !== undefined) {
    return `Cilium ${text}-${version.preRelease} is a pre-release: it is taken to behave as ${text} does`;
  }
  const newest = NEWEST_RECORDED.get(version.minor);
  if (newest === undefined || version.patch <= newest) return undefined;
  const recorded = formatVersion({ ...version, patch: newest });
  return `Cilium ${text} is newer than ${recorded}, which answers were recorded from: it is taken to behave the same`;
}

export function formatVersion(version: CiliumVersion): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

/** The profile of a version; `unsupported-version` outside 1.18 to 1.20. */
export function profileOf(version: CiliumVersion): Result<Profile, VersionError> {
  const { major, minor, patch } = version;
  if (major !== 1 || minor < 18 || minor > 20) {
    return fail({
      code: 'unsupported-version',
      reason: `Cilium ${formatVersion(version)} is not supported; supported are ${SUPPORTED_MINORS.join(', ')}`,
    });
  }
  const since = (sinceMinor: number, sincePatch = 0): boolean =>
    minor > sinceMinor || (minor === sinceMinor && patch >= sincePatch);
  return ok({
    version,
    upperBound: {
      // 1.18.6 keeps topology labels and 1.18.8 drops them; 1.18.7 was not recorded.
      identity: minor === 18 && patch === 7,
      // 1.19.0 has the old host entry and 1.19.4 the new one; the patches between were not recorded.
      policy: minor === 19 && patch >= 1 && patch <= 3,
    },
    excludesTopologyLabels: since(18, 8),
    namedPortsLabel: since(20),
    cutsReservedFromKeys: !since(20),
    aggregateIdentities: since(20),
    filtersClusterOfNodes: !since(19),
    cidrMatchModes: since(20) ? ['nodes', 'pods'] : ['nodes'],
    extendedIPProtocolsOption: since(19),
    clusterNetworkPolicyOption: since(20),
    endpointSlicesNeedPolicy: since(20),
    crds: since(20) ? '1.20' : since(19) ? '1.19' : '1.18',
    policyDefaultLocalCluster: since(19),
    hostEntry: since(20) ? 'lowest-tier' : since(19, 4) ? 'ordinary' : 'always',
    hostLabelDisablesPolicy: !since(20, 2),
    egressNamedPorts: since(20) ? 'identity' : 'cluster',
    putsEverybodyFirst: !since(19),
    mixesCIDRWildcards: since(19),
    cidrSelectorsNeedWorld: since(20),
    portZeroIgnoresEndPort: since(20),
    bothSlashZeroSelectWorld: !since(19),
    keepsSlashZero: !since(19),
    clusterMeshEntity: since(20),
    parsesKafka: !since(20),
    limitsDNSPatterns: since(19),
    labelsOwnNode: since(20),
    checksSecretNames: since(20),
    starsSpanDNSLabels: since(19),
    acceptsRequires: !since(19),
    panicsOnPrefixes: since(19),
    keepsRuleOrder: since(19),
    legacySelectorKeys: !since(20),
    refusesWiderExcept: since(20),
    worldLabelByFamily: since(19),
    nullSelectsEveryGroup: since(19),
    encodesCIDRGroupLabels: since(19, 5),
    leavesGroupsToOperator: !since(20),
    readsPrefixesOfNobody: !since(19),
    serviceSelectors: since(20) ? 'anySource' : since(19, 6) ? 'sourced' : since(19) ? 'dotted' : 'literal',
    serviceKeysNameSource: minor === 18 ? !since(18, 9) : !since(19, 3),
    slicesNameTheirProxy: since(19),
    apiServersAreBackends: since(19),
    portlessProtocols: since(20)
      ? ['VRRP', 'IGMP', 'GRE', 'IPIP', 'IPV6', 'ESP', 'AH']
      : since(19)
        ? ['VRRP', 'IGMP']
        : [],
    refusesIPBlockWithClusterFilter: !since(19),
    longNetworkPolicyKeys: since(20) ? 'taken' : since(19) ? 'wildcard' : 'refused',
  });
}
