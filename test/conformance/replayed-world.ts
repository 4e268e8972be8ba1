/**
 * A world and Cilium's answer to it -> what the second evaluator says to flows of that world.
 *
 * Of Cilium's answer it takes which policies are refused, and the labels of node-local identities; the verdicts are its own.
 */
import type { AgentConfig } from '../../src/cilium/agent-config.ts';
import { labelArray, reservedLabel, type Label, type LabelArray } from '../../src/cilium/identity/label.ts';
import { LOCAL_SCOPE_BASE, reservedIdentities } from '../../src/cilium/identity/numeric-identity.ts';
import { CLUSTER_KEY } from '../../src/cilium/identity/pod-labels.ts';
import { HOST_IDENTITY } from '../../src/cilium/policy/resolve.ts';
import { isCiliumPolicy, isPolicy, type PolicyObject } from '../../src/cilium/objects.ts';
import type { Profile } from '../../src/cilium/profile.ts';
import type { ReplayFlow, ReplayPeer } from '../../src/cilium/replay/flow.ts';
import { WORLD_KEYS } from '../../src/cilium/replay/peer-labels.ts';
import { replay } from '../../src/cilium/replay/replay.ts';
import { decodeObject } from '../../src/kubernetes/decode/decode-object.ts';
import { openCluster } from './cluster.ts';
import { configOf } from './map-answer.ts';
import { protocolOf } from './world-answer.ts';
import type { WorldLookup, WorldOptions } from './world.ts';

/** As it is written. */
export interface ReplayedWorld {
  readonly identities: readonly { readonly id: number; readonly labels: Readonly<Record<string, string>> }[];
  readonly policies: readonly { readonly kind: string }[];
  readonly subject: number;
  readonly options?: WorldOptions;
  readonly nodes?: readonly { readonly name: string; readonly ips?: readonly string[] }[];
  /** Of those, the one that the endpoint is on. */
  readonly node?: string;
  readonly apiserverIPs?: readonly string[];
  readonly lookups?: readonly WorldLookup[];
}

export interface AnsweredByCilium {
  readonly localIdentities?: readonly { readonly id: number; readonly labels: readonly string[] }[];
  readonly parseErrors?: readonly { readonly index: number }[];
  readonly resolveError?: string;
  readonly verdicts?: readonly { readonly peer: number; readonly bpf: string }[];
}

/** As a recorded verdict is written. */
export type ReplayedVerdict = 'allow' | 'deny' | 'nomatch' | 'unknown';

/** Numbers below are of reserved and well-known identities. */
const FIRST_POD = 256;

export class WorldReplay {
  readonly subject: LabelArray;
  readonly #options: { readonly profile: Profile; readonly config: AgentConfig };
  readonly #policies: readonly PolicyObject[];
  readonly #labels: ReadonlyMap<number, LabelArray>;
  readonly #hostHasLabels: boolean;

  constructor(cilium: string, world: ReplayedWorld, answer: AnsweredByCilium) {
    const opened = openCluster({ cilium, ciliumNamespace: 'kube-system', config: configOf(world.options ?? {}) });
    if (!opened.ok) throw new Error(opened.error);
    const { profile, config } = opened.value.view().settings;
    this.#options = { profile, config };
    this.#hostHasLabels = profile.labelsOwnNode && config.nodeSelectorLabels;
    this.#policies = acceptedPolicies(world, answer, profile);
    this.#labels = new Map([
      ...reservedIdentities(profile).map(({ id, labels }) => [id, labels] as const),
      ...(isAPIServer(world) ? [[HOST_IDENTITY, SERVER_AS_HOST] as const] : []),
      ...world.identities.map(({ id, labels }) => [id, readLabels(Object.entries(labels))] as const),
      ...(answer.localIdentities ?? []).map(({ id, labels }) => [id, readLabels(labels.map(halves))] as const),
    ]);
    this.subject = this.#labelsOf(world.subject);
  }

  verdict(flow: Omit<ReplayFlow, 'subject'>): ReplayedVerdict {
    const { verdict } = replay({ ...flow, subject: this.subject }, this.#policies, this.#options);
    return verdict === 'default-deny' ? 'nomatch' : verdict;
  }

  /** `identity`: what Cilium takes the peer for, where that is an address. */
  verdictOf({ peer, direction, proto, port }: WorldLookup, identity: number): ReplayedVerdict {
    if (!this.#isWhereItSays(identity) || (identity === HOST_IDENTITY && this.#hostHasLabels)) return 'unknown';
    const isAddress = typeof peer === 'string';
    const found = isAddress ? this.address(peer.slice('ip:'.length), identity) : this.endpoint(peer);
    return this.verdict({ direction, peer: found, protocol: protocolOf(proto), port });
  }

  endpoint(identity: number): ReplayPeer {
    return { kind: 'endpoint', labels: this.#labelsOf(identity) };
  }

  /** With what its identity has besides the world and cidr labels. */
  address(address: string, identity: number): ReplayPeer {
    const isOwn = ({ source, key }: Label): boolean =>
      source !== 'cidr' && !(source === 'reserved' && WORLD_KEYS.includes(key));
    return { kind: 'address', address, labels: this.#labelsOf(identity).filter(isOwn) };
  }

  /**
   * The datapath takes the cluster of a pod from its number, the second evaluator from its label; they differ where the cluster
   * got another name or number.
   */
  #isWhereItSays(identity: number): boolean {
    const labels = this.#labels.get(identity);
    const cluster = labels?.find(({ source, key }) => source === 'k8s' && key === CLUSTER_KEY)?.value;
    const { clusterName, clusterID } = this.#options.config;
    const isPod = identity >= FIRST_POD && identity < LOCAL_SCOPE_BASE;
    if (!isPod || cluster === undefined) return labels !== undefined;
    return (cluster === clusterName) === (identity >>> 16 === clusterID);
  }

  #labelsOf(identity: number): LabelArray {
    return this.#labels.get(identity) ?? [];
  }
}

const SERVER_AS_HOST = labelArray([reservedLabel('host'), reservedLabel('kube-apiserver')]);

/** Whether the API server is on the node of the endpoint, whose host has its label then. */
function isAPIServer({ nodes = [], node, apiserverIPs = [] }: ReplayedWorld): boolean {
  const own = nodes.filter(({ name }) => name === node).flatMap(({ ips = [] }) => ips);
  return own.some((ip) => apiserverIPs.includes(ip));
}

/** A conflict leaves the map that there was. */
export function isReplayed({ resolveError }: AnsweredByCilium): boolean {
  return resolveError === undefined;
}

/** To each flow that the world asks about. */
export function replayedVerdicts(cilium: string, world: ReplayedWorld, answer: AnsweredByCilium): ReplayedVerdict[] {
  const replayed = new WorldReplay(cilium, world, answer);
  return (world.lookups ?? []).map((asked, index) => replayed.verdictOf(asked, answer.verdicts?.[index]?.peer ?? 0));
}

/** A refused object is stored and has no effect, and neither has one that agents pass over. */
function acceptedPolicies(
  { policies }: ReplayedWorld,
  { parseErrors }: AnsweredByCilium,
  { leavesGroupsToOperator }: Profile,
): readonly PolicyObject[] {
  const refused = new Set(parseErrors?.map(({ index }) => index));
  return policies.flatMap((raw, index) => {
    const decoded = refused.has(index) ? undefined : decodeObject(raw, { offline: true });
    if (decoded?.ok !== true || !isPolicy(decoded.value)) return [];
    return leavesGroupsToOperator && namesGroups(decoded.value) ? [] : [decoded.value];
  });
}

function namesGroups(policy: PolicyObject): boolean {
  if (!isCiliumPolicy(policy)) return false;
  return policy.rules.some(({ ingress = [], ingressDeny = [], egress = [], egressDeny = [] }) => {
    const all = [...ingress, ...ingressDeny, ...egress, ...egressDeny];
    return all.some(({ groups = [] }) => groups.length > 0);
  });
}

function readLabels(texts: readonly (readonly [name: string, value: string])[]): LabelArray {
  return labelArray(
    texts.map(([name, value]) => {
      const colon = name.indexOf(':');
      return { source: name.slice(0, colon), key: name.slice(colon + 1), value };
    }),
  );
}

/** `k8s:app=web`; an empty value is written without `=`. */
function halves(text: string): readonly [name: string, value: string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}
