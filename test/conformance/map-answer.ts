/**
 * A recorded world -> what the webhook would compute for it, in the shape of Cilium's recorded answers.
 *
 * Goes through decoding, the store and its view. What the model does not cover makes an answer that says so, and never a
 * number that looks right.
 */
import { compareBytes, formatLabel } from '../../src/cilium/identity/label.ts';
import { scopeOf, type NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import { formatRef } from '../../src/cilium/objects.ts';
import { HOST_IDENTITY } from '../../src/cilium/policy/resolve.ts';
import { redirectsIn } from '../../src/cilium/policy/rule.ts';
import { hingesOnSecrets } from '../../src/cilium/policy/secrets.ts';
import type { MapInputs } from '../../src/cilium/policy/map/contributions.ts';
import { mapState } from '../../src/cilium/policy/map/map-state.ts';
import { lookup } from '../../src/cilium/policy/map/verdict.ts';
import type { PolicyMap } from '../../src/cilium/policy/map/policy-map.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { identityOfAddress, type NodeLayer } from '../../src/cluster/identities/node-layer.ts';
import type { ClusterEvent } from '../../src/cluster/events.ts';
import type { PolicyClass } from '../../src/cluster/policy-class.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { openCluster } from './cluster.ts';
import { entriesOf, protocolOf, type WorldAnswer } from './world-answer.ts';
import { worldEvents, type UnreadPolicies } from './world-events.ts';
import type { World, WorldLookup, WorldOptions } from './world.ts';

/** Where the order of a Go map decides what is in the map, or in the datapath: bounds, and the entries that are there in any case. */
export interface UndecidedAnswer extends Omit<WorldAnswer, 'mapEntries'> {
  readonly nondeterministic: true;
  readonly mapEntries: { readonly min: number; readonly max: number };
}

export type MapAnswer = WorldAnswer | UndecidedAnswer | { readonly error: string };

/** How the events of a world reach a store that has its configuration: whatever comes between them, they are what is left. */
export type Bring = (store: ClusterStore, events: readonly ClusterEvent[]) => void;

const inOrder: Bring = (store, events) => {
  for (const event of events) store.apply(event);
};

export function answerMap(cilium: string, world: World, bring: Bring = inOrder): MapAnswer {
  const opened = openCluster({ cilium, ciliumNamespace: 'kube-system', config: configOf(world.options) });
  if (!opened.ok) return { error: opened.error };
  const { events, unread } = worldEvents(world);
  bring(opened.value, events);
  const view = opened.value.view();
  return answerFrom(
    world.node === undefined ? view : view.seenFrom(world.node),
    world,
    parseErrors(view, world, unread),
  );
}

/** What a world says otherwise than the defaults, as cilium-config says it. */
export function configOf(options: WorldOptions): ReadonlyMap<string, string> {
  const config = new Map([
    ['enable-ipv6', String(options.ipv6 ?? false)],
    ['enable-well-known-identities', String(options.wellKnown ?? false)],
    ['enable-policy-secrets-sync', String(options.secretSync ?? false)],
    ['policy-secrets-only-from-secrets-namespace', 'true'],
    ['policy-secrets-namespace', 'cilium-secrets'],
    ['enable-l7-proxy', String(options.noL7Proxy !== true)],
    ['tofqdns-preallocate-identities', String(options.noFQDNPrealloc !== true)],
    ['enable-non-default-deny-policies', String(options.nonDefaultDenyOff !== true)],
    ['enable-node-selector-labels', String(options.enableNodeSelectorLabels ?? false)],
    ['node-labels', options.nodeLabels ?? ''],
    ['enable-host-firewall', String(options.hostFirewall ?? false)],
    ['enable-k8s-cluster-network-policy', 'true'],
  ]);
  const given = {
    'enable-policy': options.enforcement,
    'allow-localhost': options.allowLocalhost,
    'cluster-name': options.clusterName,
    'cluster-id': options.clusterID,
    'policy-default-local-cluster': options.policyDefaultLocalCluster,
    'policy-cidr-match-mode': options.cidrMatchMode,
  };
  for (const [key, value] of Object.entries(given)) if (value !== undefined) config.set(key, String(value));
  return config;
}

function parseErrors(view: ClusterView, world: World, unread: UnreadPolicies): WorldAnswer['parseErrors'] {
  const { profile } = view.settings;
  const errors = world.policies.flatMap(({ kind, name }, index) => {
    const isNewer = kind === 'ClusterNetworkPolicy' && !profile.clusterNetworkPolicyOption;
    // An agent has no watch for it, and says nothing: that is what the recorder says.
    const error = unread.get(index) ?? (isNewer ? 'ClusterNetworkPolicy needs 1.20' : undefined);
    return error === undefined ? [] : [{ index, name, error }];
  });
  return [...errors, ...refusals(view, world)].sort((a, b) => a.index - b.index);
}

function refusals(view: ClusterView, world: World): WorldAnswer['parseErrors'] {
  const reasons = new Map<string, string>();
  for (const policy of view.policies()) {
    if (policy.kind !== 'refused') continue;
    reasons.set(formatRef(policy.object), `${policy.refusal.field}: ${policy.refusal.reason}`);
  }
  return world.policies.flatMap(({ kind, name, namespace }, index) => {
    const error = reasons.get([kind, ...(namespace === undefined ? [] : [namespace]), name].join('/'));
    return error === undefined ? [] : [{ index, name, error }];
  });
}

function answerFrom(view: ClusterView, world: World, parseErrors: WorldAnswer['parseErrors']): MapAnswer {
  const subject = subjectOf(world, view);
  const labels = view.labelsOf(subject);
  if (labels === undefined) return { error: `there is no identity ${subject}` };
  const [endpoint] = view.portSetsOf(subject);
  const policyClass = view.classOf(labels, subject, endpoint?.ports);
  const failure = policyClass.conflict?.reason ?? missingSecret(policyClass, view);
  const agent = runToEnd(view.agentIdentitiesSteps(failure === undefined ? policyClass.policy : NO_POLICY));
  const shared = { parseErrors, localIdentities: localIdentities(agent.nodes) };
  if (policyClass.conflict?.byChance === true) return { ...shared, ...unresolvedByChance(view) };
  if (failure !== undefined) return { ...shared, mapEntries: 0, entries: [], verdicts: [], resolveError: failure };
  const [unsupported] = policyClass.unsupported;
  if (unsupported !== undefined) return { error: `not covered: ${unsupported.feature} (${unsupported.field})` };
  // No state of the model: an agent makes redirects before it writes the entries that need them.
  const redirectsPending = world.options.noRedirects === true;
  const namedPorts = view.namedPortsFor(policyClass.ownPorts);
  const inputs = { ...agent, context: view.settings, namedPorts, redirectsPending };
  const map = redirectsPending ? mapState(policyClass.policy, inputs) : view.policyMap(policyClass);
  const verdicts = world.lookups.map((asked) => verdictOf(asked, map, agent.nodes));
  const most = mostEntries(map, policyClass, inputs);
  const isUndecided = most !== map.size || verdicts.some(({ bpf }) => bpf === 'undecided');
  return {
    ...shared,
    ...(isUndecided ? undecided({ min: map.size, max: most }) : { mapEntries: map.size }),
    entries: entriesOf(map),
    ingressEnforced: policyClass.policy.ingress.enforced,
    egressEnforced: policyClass.policy.egress.enforced,
    verdicts,
  };
}

/** A world has no secrets. */
function missingSecret({ rules, policy }: PolicyClass, { settings }: ClusterView): string | undefined {
  const enforced = rules.filter(({ direction }) => policy[direction].enforced);
  return hingesOnSecrets(redirectsIn(enforced), settings) ? 'a secret of a TLS context is missing' : undefined;
}

const NOTHING = { enforced: false, defaultDeny: false, filters: [] };
/** What is not resolved asks for no names. */
const NO_POLICY = { ingress: NOTHING, egress: NOTHING, hostEntry: 'none', unsupported: [] } as const;

function undecided(mapEntries: UndecidedAnswer['mapEntries']) {
  return { nondeterministic: true, mapEntries } as const;
}

/** Without a map in one order of rules, and with one in another. */
function unresolvedByChance({ settings }: ClusterView) {
  return { ...undecided({ min: 0, max: settings.config.policyMapMax }), entries: [], verdicts: [] };
}

/** Only authentication leaves it open how many there are, and listeners and logs do. */
function mostEntries(map: PolicyMap, { policy, rules }: PolicyClass, inputs: MapInputs): number {
  const listens = redirectsIn(rules).some(({ listener }) => listener !== undefined);
  const isOpen = listens || rules.some(({ authentication, log }) => (authentication ?? log) !== undefined);
  return isOpen ? mapState(policy, { ...inputs, undecided: 'most' }).size : map.size;
}

/** Subject 1 is the host endpoint of the node that the world is seen from. */
function subjectOf({ subject, node }: World, view: ClusterView): NumericIdentity {
  const host = subject === HOST_IDENTITY && node !== undefined ? view.hostEndpointOf(node) : undefined;
  return host ?? subject;
}

function localIdentities(nodes: NodeLayer): WorldAnswer['localIdentities'] {
  const locals = [...nodes.all()].filter((id) => scopeOf(id) !== 'global');
  return locals.map((id) => ({ id, labels: (nodes.labelsOf(id) ?? []).map(formatLabel).sort(compareBytes) }));
}

function verdictOf(asked: WorldLookup, map: PolicyMap, nodes: NodeLayer): WorldAnswer['verdicts'][number] {
  const peer = typeof asked.peer === 'number' ? asked.peer : identityOfAddress(nodes, asked.peer.slice('ip:'.length));
  if (peer === undefined) throw new Error(`"${asked.peer}" is no peer`);
  const protocol = protocolOf(asked.proto);
  const { verdict } = lookup(map, { direction: asked.direction, identity: peer, protocol, port: asked.port });
  const bpf = verdict === 'none' ? 'nomatch' : verdict;
  return { peer, verdict: bpf, bpf };
}
