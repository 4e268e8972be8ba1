/**
 * Everything that a view tells about a cluster, as lines in which two views can be compared.
 *
 * Identities have the name of their number where an agent gave them one, and of their labels: numbers that the model made up are
 * none of what is told. A class has the names of its members. Long lines end in a checksum.
 */
import { createHash } from 'node:crypto';
import { canonicalKey, formatLabel } from '../../src/cilium/identity/label.ts';
import type { NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import { formatRef, formatRuleRef } from '../../src/cilium/objects.ts';
import type { PolicyMapEntry } from '../../src/cilium/policy/map/policy-map.ts';
import { listedSelectors, rulesOf, type Rule } from '../../src/cilium/policy/rule.ts';
import { isWildcard, type EndpointSelector } from '../../src/cilium/policy/selector.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { AgentIdentities } from '../../src/cluster/identities/agent-identities.ts';
import type { PolicyClass } from '../../src/cluster/policy-class.ts';
import { formatPorts } from '../../src/cluster/ports/port-name.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import type { Newcomer } from './newcomers.ts';

export interface TellingOptions {
  /** What each of them adds to the maps is told, too. */
  readonly newcomers: readonly Newcomer[];
  /** Of a policy map its entries, one by one, or how many there are and their checksum. */
  readonly maps: 'entries' | 'checksum';
}

const LONGEST = 2_000;
/** Names of ports that random clusters have. */
const PORT_NAMES = ['http', 'dns'];
const PROTOCOLS = [6, 17];

/** By this view, and by each of the other settings that some agents run with. */
export function told(view: ClusterView, options: TellingOptions): readonly string[] {
  const views = [view, ...view.others];
  const lines = views.flatMap((one, index) => [...linesOf(one, options)].map((line) => `${index} ${line}`));
  return [...lines, `self-check ${JSON.stringify(view.selfCheck.figures())}`].map(shortened).sort();
}

function shortened(line: string): string {
  if (line.length <= LONGEST) return line;
  return `${line.slice(0, LONGEST)}... ${createHash('sha256').update(line).digest('hex')}`;
}

function* linesOf(view: ClusterView, options: TellingOptions): Iterable<string> {
  const { epoch, ...settings } = view.settings;
  yield `settings ${textOf(settings)} ${String(epoch > 0)}`;
  yield* identityLines(view);
  yield* nodeLines(view);
  yield* classLines(view, options);
  yield* policyLines(view);
  yield* portLines(view);
  yield* usageLines(view, options);
  for (const newcomer of options.newcomers) yield* gainLines(view, newcomer);
}

function* identityLines(view: ClusterView): Iterable<string> {
  for (const id of view.identities()) {
    const key = canonicalKey(view.labelsOf(id) ?? []);
    const pods = [...view.podsWith(id)].map(({ namespace, name }) => `${namespace}/${name}`).sort();
    const alike = view.identitiesWithKey(key).map((other) => nameOf(view, other));
    yield `identity ${nameOf(view, id)} pods ${pods.join()} use ${textOf(view.useOf(id))} alike ${alike.join(' + ')}`;
    for (const { ports, endpoints } of view.portSetsOf(id)) {
      yield `ports of ${nameOf(view, id)} ${formatPorts(ports)} of ${endpoints}`;
    }
  }
  for (const { name } of view.namespaces()) {
    yield `namespace ${name} of ${view.tenantOf(name)}: ${names(view, view.identitiesIn(name))}`;
  }
  // Keys may be left from identities that are gone; who has one must be right.
  for (const key of new Set(view.labelKeys())) {
    const holders = names(view, new Set(view.identitiesWithLabel(key)));
    if (holders !== '') yield `label ${key}: ${holders}`;
  }
}

function* nodeLines(view: ClusterView): Iterable<string> {
  for (const id of view.nodeIdentities()) yield `node-local ${(view.labelsOf(id) ?? []).map(formatLabel).join(' ')}`;
  for (const host of view.hostEndpoints()) {
    yield `host ${nameOf(view, host)} nodes ${[...view.nodesWith(host)].sort().join()} use ${textOf(view.useOf(host))}`;
  }
  yield `servers ${view.knowsAPIServers()} ${view.hasServersOnNodes()}`;
}

function* classLines(view: ClusterView, { maps }: TellingOptions): Iterable<string> {
  const seen = new Set<string>();
  for (const [id, policyClass] of classesOf(view)) {
    yield `class of ${nameOf(view, id)} ${formatPorts(policyClass.ownPorts)}: ${className(view, policyClass)}`;
    if (seen.has(policyClass.key)) continue;
    seen.add(policyClass.key);
    yield* oneClass(view, policyClass, maps);
  }
}

export function* classesOf(view: ClusterView): Iterable<readonly [NumericIdentity, PolicyClass]> {
  for (const id of [...view.identities(), ...view.hostEndpoints()]) {
    for (const { ports } of view.portSetsOf(id)) yield [id, view.classOf(view.labelsOf(id) ?? [], id, ports)];
  }
}

function* oneClass(view: ClusterView, policyClass: PolicyClass, maps: TellingOptions['maps']): Iterable<string> {
  const name = className(view, policyClass);
  const map = view.policyMap(policyClass);
  const kept = runToEnd(view.entriesSteps(policyClass));
  yield `rules of ${name}: ${policyClass.rules.map(ruleText).join(' ')} ${policyClass.ownNames.toSorted().join()}`;
  const { conflict, uncounted, unsupported } = policyClass;
  yield `state of ${name}: ${textOf({ conflict, uncounted, unsupported, used: view.hasEndpoint(policyClass) })}`;
  yield `count of ${name}: ${kept}${kept === map.size ? '' : ` is not that of its map, ${map.size}`}`;
  const agent = runToEnd(view.agentIdentitiesSteps(policyClass.policy));
  const lines = [...map.entries()].map((entry) => entryText(view, agent, entry)).sort();
  if (maps === 'entries') for (const line of lines) yield `entry of ${name}: ${line}`;
  else yield `entries of ${name}: ${createHash('sha256').update(lines.join('\n')).digest('hex')}`;
}

function entryText(view: ClusterView, agent: AgentIdentities, entry: PolicyMapEntry): string {
  const { direction, identity, protocol, port, prefixLength, effect, precedence, origins } = entry;
  const local = agent.nodes.labelsOf(identity);
  const peer = local === undefined ? nameOf(view, identity) : canonicalKey(local);
  const from = origins.map(formatRuleRef).sort().join();
  return `${direction} ${peer} ${protocol}/${port}/${prefixLength} ${effect} ${precedence} ${from}`;
}

function* policyLines(view: ClusterView): Iterable<string> {
  const selectors = new Map<string, EndpointSelector>();
  for (const policy of view.policies()) {
    yield `policy ${formatRef(policy.object)} ${policy.kind} ${policy.kind === 'refused' ? textOf(policy.refusal) : ''}`;
    for (const rule of rulesOf(policy)) {
      yield `subjects of ${ruleText(rule)}: ${names(view, view.subjects(rule))}`;
      for (const selector of listedSelectors(rule.peers)) selectors.set(selector.key, selector);
    }
  }
  for (const selector of selectors.values()) {
    if (!isWildcard(selector)) yield `selected by ${selector.key}: ${names(view, view.selections(selector))}`;
  }
}

function* portLines(view: ClusterView): Iterable<string> {
  const ports = view.namedPortsFor(new Map());
  for (const name of PORT_NAMES) {
    for (const protocol of PROTOCOLS) {
      const holders = [...ports.identitiesWith(name, protocol)];
      const each = holders.map((id) => `${nameOf(view, id)} ${ports.portOf(id, name, protocol) ?? 'undecided'}`).sort();
      yield `port ${name}/${protocol} ${ports.egress(name, protocol) ?? 'undecided'} ${each.join(' + ')}`;
    }
  }
}

function* usageLines({ usage }: ClusterView, { newcomers }: TellingOptions): Iterable<string> {
  yield `usage ${usage.numbersInUse} of ${usage.rangeSize}, fair ${usage.fairShare(10)} like ${usage.deletedLike('ns-*')}`;
  for (const tenant of usage.tenants()) {
    const namespaces = [...usage.namespacesOf(tenant)].sort();
    yield `usage of ${tenant} ${textOf(usage.of(tenant))} in ${namespaces.join()}`;
    for (const namespace of namespaces) {
      yield `usage of namespace ${namespace} ${textOf(usage.ofNamespace(namespace))}`;
      yield `keys in use ${namespace} ${[...usage.keysInUse(namespace).keys()].sort().join(' + ')}`;
      yield `keys held ${namespace} ${[...usage.keysHeld(namespace)].sort().join(' + ')}`;
      for (const { labels } of newcomers) {
        const near = runToEnd(usage.nearUnusedSteps(namespace, labels));
        yield `unused ${namespace} ${near
          .flatMap(({ members }) => [...members.keys()])
          .sort()
          .join(' + ')}`;
      }
    }
  }
}

/** Of labels that no identity has, or that one has. */
function* gainLines(view: ClusterView, { labels, ports }: Newcomer): Iterable<string> {
  const who = `${canonicalKey(labels)} ${formatPorts(ports)}`;
  for (const gaining of view.classesGaining(labels, ports)) {
    if (gaining !== undefined) yield `gain of ${className(view, gaining.policyClass)} by ${who}: ${gaining.gained}`;
  }
  const own = view.classOf(labels, undefined, ports);
  yield `class of newcomer ${who}: ${own.rules.map(ruleText).join(' ')}, ${runToEnd(view.entriesSteps(own))}`;
}

/** The same class may have two members of one name: duplicates. */
function className(view: ClusterView, policyClass: PolicyClass): string {
  const members = [...view.membersOf(policyClass)].map((id) => nameOf(view, id)).sort();
  return `{${members.join(' + ')}}${formatPorts(policyClass.ownPorts)}`;
}

function nameOf(view: ClusterView, id: NumericIdentity): string {
  const labels = view.labelsOf(id);
  const isMadeUp = !view.hasNumber(id) || isNodeLocal(id);
  return `${isMadeUp ? 'no number' : id}${labels === undefined ? '' : ` ${canonicalKey(labels)}`}`;
}

/** Of a node or a host endpoint: every agent numbers its own. */
function isNodeLocal(id: NumericIdentity): boolean {
  return id >= 2 ** 24;
}

function names(view: ClusterView, ids: Iterable<NumericIdentity>): string {
  return [...ids]
    .map((id) => nameOf(view, id))
    .sort()
    .join(' + ');
}

function ruleText({ ref, direction, verdict }: Rule): string {
  return `${direction}:${verdict}:${formatRuleRef(ref)}`;
}

/** What is in a Map or a Set is text, too. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return { map: [...(part as Map<unknown, unknown>)] };
    if (part instanceof Set) return { set: [...(part as Set<unknown>)] };
    return part;
  });
}
