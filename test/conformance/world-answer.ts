/**
 * A recorded world -> what the engine says to it, in the shape of Cilium's recorded answers.
 *
 * Thin: it reads the world's JSON, puts the parts of the engine together as the cluster does, and prints. What is here
 * besides is what a world has and a cluster has not: made-up numbers for node-local identities, a list of learned names.
 */
import { hostLabels } from '../../src/cilium/identity/host-labels.ts';
import { parseLabelFilter } from '../../src/cilium/identity/label-filter.ts';
import { canonicalKey, compareBytes, formatLabel, type LabelArray } from '../../src/cilium/identity/label.ts';
import {
  LOCAL_SCOPE_BASE,
  reservedIdentities,
  wellKnownIdentities,
} from '../../src/cilium/identity/numeric-identity.ts';
import { identitySet } from '../../src/cilium/identity/identity-set.ts';
import { isPolicy, type CiliumCIDRGroup } from '../../src/cilium/objects.ts';
import { parseAddress } from '../../src/cilium/policy/cidr.ts';
import type { ParseContext, Supply } from '../../src/cilium/policy/context.ts';
import type { MapInputs, NamedPorts } from '../../src/cilium/policy/map/contributions.ts';
import { idleIdentities, learnedAddresses, registeredNames } from '../../src/cilium/policy/fqdn.ts';
import { groupPrefixes } from '../../src/cilium/policy/cidr-groups.ts';
import type { ServiceCatalog } from '../../src/cilium/policy/service-catalog.ts';
import { PrefixLabels, type LabelledPrefix } from '../../src/cilium/policy/local-identities.ts';
import { mapState } from '../../src/cilium/policy/map/map-state.ts';
import { parsePolicy } from '../../src/cilium/policy/parse/parse.ts';
import type { PolicyMap } from '../../src/cilium/policy/map/policy-map.ts';
import { readProtocol } from '../../src/cilium/policy/ports.ts';
import { HOST_IDENTITY, resolve, selectsSubject, type SelectorPolicy } from '../../src/cilium/policy/resolve.ts';
import { ICMP, ICMPV6, type ParsedPolicy, type Protocol } from '../../src/cilium/policy/rule.ts';
import { matches } from '../../src/cilium/policy/selector.ts';
import { lookup } from '../../src/cilium/policy/map/verdict.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { parseVersion, profileOf } from '../../src/cilium/profile.ts';
import { decodeObject } from '../../src/kubernetes/decode/decode-object.ts';
import type { Json } from '../support/objects.ts';
import { catalogOf } from '../support/services.ts';
import { worldConfig, type World, type WorldLookup } from './world.ts';

export interface WorldEntry {
  readonly dir: 'ingress' | 'egress';
  readonly id: number;
  readonly proto: number;
  readonly port: number;
  readonly plen: number;
  readonly deny?: true;
}

export interface WorldAnswer {
  readonly mapEntries: number;
  readonly entries: readonly WorldEntry[];
  readonly localIdentities: readonly { readonly id: number; readonly labels: readonly string[] }[];
  readonly ingressEnforced?: boolean;
  readonly egressEnforced?: boolean;
  readonly parseErrors: readonly { readonly index: number; readonly name: string; readonly error: string }[];
  readonly resolveError?: string;
  readonly verdicts: readonly { readonly peer: number; readonly verdict: string; readonly bpf: string }[];
  /** Features of the world that the engine does not model: its numbers are not to be believed. */
  readonly unsupported: readonly string[];
}

const SUPPLIES: ReadonlySet<Supply> = new Set(['cidr-groups', 'named-ports']);

export function answerWorld(cilium: string, world: World): WorldAnswer {
  const version = parseVersion(cilium);
  const profile = version.ok ? profileOf(version.value) : version;
  if (!profile.ok) throw new Error(profile.error.reason);
  const config = worldConfig(world.options, profile.value);
  const context: ParseContext = { profile: profile.value, config, supplies: SUPPLIES, services: servicesOf(world) };
  const read = readPolicies(world, context);
  const fixed = new Map(fixedIdentities(world, context));
  const subject = { identity: world.subject, labels: hostLabelsIn(world, context) ?? fixed.get(world.subject) ?? [] };
  const rules = read.parsed.flatMap((policy) => (policy.kind === 'parsed' ? policy.rules : []));
  const policy = resolve(
    rules.filter((rule) => selectsSubject(rule, subject)),
    subject,
    context,
  );
  const locals = new Locals(world, read, policy.ok ? policy.value : undefined, context);
  const shared = {
    localIdentities: locals.numbered.map(([id, labels]) => ({
      id,
      labels: labels.map(formatLabel).sort(compareBytes),
    })),
    parseErrors: read.errors,
  };
  if (!policy.ok) {
    return { ...shared, mapEntries: 0, entries: [], verdicts: [], resolveError: policy.error.reason, unsupported: [] };
  }
  const universe = new Map([...fixed, ...locals.numbered]);
  const map = mapState(policy.value, inputsOf(world, universe, context));
  return {
    ...shared,
    mapEntries: map.size,
    entries: entriesOf(map),
    ingressEnforced: policy.value.ingress.enforced,
    egressEnforced: policy.value.egress.enforced,
    verdicts: world.lookups.map((asked) => verdictOf(asked, map, locals)),
    unsupported: [...read.unsupported, ...policy.value.unsupported.map(({ feature }) => feature)],
  };
}

function servicesOf({ policies }: World): ServiceCatalog {
  const objects = policies.filter(({ kind }) => kind === 'Service' || kind === 'EndpointSlice');
  return catalogOf(...objects.map(({ object }) => object as Json));
}

/** Of the node that the world is seen from, where its subject is that host. */
function hostLabelsIn({ subject, node, nodes }: World, { profile }: ParseContext): LabelArray | undefined {
  const filter = parseLabelFilter({ profile });
  const labels = subject === HOST_IDENTITY ? nodes.find(({ name }) => name === node)?.labels : undefined;
  if (labels === undefined || !filter.ok) return undefined;
  return hostLabels(new Map(Object.entries(labels)), { profile, filter: filter.value });
}

interface ReadPolicies {
  readonly parsed: readonly ParsedPolicy[];
  readonly groups: readonly CiliumCIDRGroup[];
  readonly errors: WorldAnswer['parseErrors'];
  readonly unsupported: readonly string[];
}

function readPolicies(world: World, context: ParseContext): ReadPolicies {
  const parsed: ParsedPolicy[] = [];
  const groups: CiliumCIDRGroup[] = [];
  const errors: { index: number; name: string; error: string }[] = [];
  const unsupported: string[] = [];
  for (const [index, raw] of world.policies.entries()) {
    const { kind, name } = raw;
    const note = (error: string): void => void errors.push({ index, name, error });
    if (kind === 'ClusterNetworkPolicy' && !context.profile.clusterNetworkPolicyOption) {
      note('ClusterNetworkPolicy needs 1.20');
      continue;
    }
    const object = decodeObject(raw.object);
    if (!object.ok) note(`${object.error.path} ${object.error.reason}`);
    else if (object.value.kind === 'CiliumCIDRGroup') groups.push(object.value);
    else if (isPolicy(object.value)) {
      const policy = parsePolicy(object.value, context);
      parsed.push(policy);
      if (policy.kind === 'refused') note(`${policy.refusal.field}: ${policy.refusal.reason}`);
    }
  }
  return { parsed, groups, errors, unsupported };
}

function* fixedIdentities(world: World, { profile, config }: ParseContext): Iterable<[number, LabelArray]> {
  for (const { id, labels } of reservedIdentities(profile)) if (labels.length > 0) yield [id, labels];
  if (config.wellKnownIdentities) for (const { id, labels } of wellKnownIdentities(config)) yield [id, labels];
  for (const { id, labels } of world.identities) yield [id, labels];
}

/** Node-local identities, numbered by the order of their keys. */
class Locals {
  readonly numbered: readonly (readonly [number, LabelArray])[];
  readonly #prefixes: PrefixLabels;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #dualStack: boolean;

  constructor(world: World, read: ReadPolicies, policy: SelectorPolicy | undefined, context: ParseContext) {
    const names = policy === undefined ? [] : registeredNames(policy);
    const prefixes = read.parsed.flatMap((parsed) => (parsed.kind === 'parsed' ? parsed.prefixes : []));
    const labelled = [...apiServers(world), ...groupPrefixes(read.groups, context.profile)];
    const learned = runToEnd(learnedAddresses(names, world.dns, context.profile));
    const addresses = [...learned.values()].map(({ address, labels }) => ({ prefix: address, labels }));
    this.#prefixes = new PrefixLabels(context, prefixes, [...labelled, ...addresses]);
    const sets = [...this.#prefixes.labelSets()].map(({ labels }) => labels);
    const keyed = new Map([...sets, ...idleIdentities(names, context)].map((labels) => [canonicalKey(labels), labels]));
    const sorted = [...keyed].sort(([a], [b]) => compareBytes(a, b));
    this.#ids = new Map(sorted.map(([key], index) => [key, LOCAL_SCOPE_BASE + 1 + index]));
    this.numbered = sorted.map(([, labels], index) => [LOCAL_SCOPE_BASE + 1 + index, labels]);
    this.#dualStack = context.config.ipv4 && context.config.ipv6;
  }

  /** The identity of an address: that of the longest prefix around it, else world. */
  idOf(address: string): number {
    const prefix = parseAddress(address);
    if (prefix === undefined) throw new Error(`"${address}" is not an address`);
    const nearest = this.#prefixes.nearest(prefix);
    const id = nearest && this.#ids.get(canonicalKey(this.#prefixes.labelsOf(nearest)));
    return id ?? (this.#dualStack ? (prefix.family === 4 ? 9 : 10) : 2);
  }
}

function apiServers(world: World): readonly LabelledPrefix[] {
  const labels = [{ source: 'reserved', key: 'kube-apiserver', value: '' }];
  return world.apiserverIPs.flatMap((text) => {
    const prefix = parseAddress(text);
    return prefix === undefined ? [] : [{ prefix, labels }];
  });
}

function inputsOf(world: World, universe: ReadonlyMap<number, LabelArray>, context: ParseContext): MapInputs {
  return {
    context,
    namedPorts: namedPortsOf(world),
    redirectsPending: world.options.noRedirects === true,
    selections: (selector) =>
      identitySet([...universe].flatMap(([id, labels]) => (matches(selector, labels) ? [id] : []))),
  };
}

function namedPortsOf(world: World): NamedPorts {
  const portOf = (id: number, name: string, protocol: Protocol): number | undefined =>
    world.identities.find((identity) => identity.id === id)?.namedPorts.get(`${name}/${protocol}`);
  const portsOf = (name: string, protocol: Protocol): readonly (readonly [id: number, port: number])[] =>
    world.identities.flatMap(({ id }) => {
      const port = portOf(id, name, protocol);
      return port === undefined ? [] : [[id, port] as const];
    });
  return {
    ingress: (name, protocol) => portOf(world.subject, name, protocol),
    egress: (name, protocol) => {
      const [port, ...others] = new Set(portsOf(name, protocol).map(([, number]) => number));
      return others.length === 0 ? port : undefined;
    },
    portOf,
    identitiesWith: (name, protocol) => portsOf(name, protocol).map(([id]) => id),
  };
}

export function entriesOf(map: PolicyMap): readonly WorldEntry[] {
  return [...map.entries()].map(({ direction, identity, protocol, port, prefixLength, effect }) => ({
    dir: direction,
    id: identity,
    proto: protocol,
    port,
    plen: prefixLength,
    ...(effect === 'deny' ? { deny: true as const } : {}),
  }));
}

function verdictOf(asked: WorldLookup, map: PolicyMap, locals: Locals): WorldAnswer['verdicts'][number] {
  const peer = typeof asked.peer === 'number' ? asked.peer : locals.idOf(asked.peer.slice('ip:'.length));
  const protocol = protocolOf(asked.proto);
  const { verdict } = lookup(map, { direction: asked.direction, identity: peer, protocol, port: asked.port });
  const bpf = verdict === 'none' ? 'nomatch' : verdict;
  return { peer, verdict: bpf, bpf };
}

export function protocolOf(text: string): Protocol {
  const upper = text.toUpperCase();
  if (upper === 'ICMP') return ICMP;
  if (upper === 'ICMPV6') return ICMPV6;
  const number = Number(text);
  if (Number.isInteger(number)) return number;
  const profile = profileOf({ major: 1, minor: 20, patch: 2 });
  const [protocol] = (profile.ok && readProtocol(text, profile.value)) || [];
  if (protocol === undefined) throw new Error(`"${text}" is not a protocol`);
  return protocol;
}
