/**
 * Which rules select a subject, and what map they make: the arithmetic of policy classes, without a memory of its own.
 *
 * Subjects that the same rules select have the same policy, but for two label keys at which the agent looks by itself
 * (`host` and `init`), and for the host endpoint, which are therefore part of the key of a class. So are ports of an endpoint's
 * own whose names the rules ask for.
 * Cost: rules O(policies in reach of the subject's namespace); a count O(filters x identities); a gain O(filters).
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { podNamespaceOf } from '../../cilium/identity/pod-labels.ts';
import { identityBits } from '../../cilium/identity/numeric-identity.ts';
import { NO_PORTS, type NamedPortMap } from '../../cilium/named-ports.ts';
import { formatRef } from '../../cilium/objects.ts';
import { areAdditive, mostAddedSteps, mostOfDefaults } from '../../cilium/policy/additive-rules.ts';
import { wildcardFor } from '../../cilium/policy/map/aggregates.ts';
import { asksForTooMuch, MOST_ASKED_KEYS } from '../../cilium/policy/map/asked-keys.ts';
import { entryCountSteps, gainedCountSteps } from '../../cilium/policy/map/entry-count.ts';
import type { MapInputs, NamedPorts } from '../../cilium/policy/map/contributions.ts';
import { mapStateSteps } from '../../cilium/policy/map/map-state.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import { isHost, selectsSubject, type Subject } from '../../cilium/policy/resolve.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import { runToEnd } from '../../cilium/run-to-end.ts';
import { ClassGains, peersOf } from './class-gains.ts';
import { MadeClass, MadePolicy } from './made-class.ts';
import { agentIdentitiesSteps, type KnownIdentities } from '../identities/agent-identities.ts';
import { agentsNumber } from '../identities/host-endpoints.ts';
import { provisionalIdentity, type IdentityRecord } from '../identities/identity-layer.ts';
import type { PolicyLayer } from '../policies/policy-layer.ts';
import { namedPortsFor, portSetsOf, withNewcomer, type PortGround } from '../ports/endpoint-ports.ts';
import { formatPorts, portName, type PortName } from '../ports/port-name.ts';
import type { PortTable } from '../ports/port-table.ts';
import type { Settings } from '../settings.ts';
import type { PolicyClass } from '../policy-class.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

export interface ClassInputs {
  readonly settings: Settings;
  readonly policies: PolicyLayer;
  /** As it is when it is asked for. */
  readonly known: () => KnownIdentities;
  readonly ports: PortTable;
}

/** The rules that select a subject, and the key of the class that they make. */
export interface ClassRules {
  readonly key: string;
  readonly rulesKey: string;
  readonly rules: readonly Rule[];
  readonly ownNames: readonly PortName[];
  readonly ownPorts: NamedPortMap;
  readonly subject: Subject;
}

/** An identity that has just come, or may come. */
export interface Newcomer {
  readonly labels: LabelArray;
  /** Absent where it has no number yet. */
  readonly id?: NumericIdentity;
  /** Of its pods; absent where the model has them. */
  readonly ports?: NamedPortMap;
}

export class ClassComputer {
  readonly #inputs: ClassInputs;
  readonly #gains = new ClassGains();
  /** Stands for an identity of this cluster that has no number yet. */
  readonly #anyIdentity: NumericIdentity;

  constructor(inputs: ClassInputs) {
    this.#inputs = inputs;
    this.#anyIdentity = provisionalIdentity(0, identityBits(inputs.settings.config));
  }

  /** `ports`: the endpoint's own. */
  rulesFor(labels: LabelArray, identity: NumericIdentity | undefined, ports: NamedPortMap): ClassRules {
    const subject: Subject = identity === undefined ? { labels } : { labels, identity: agentsNumber(identity) };
    const namespace = podNamespaceOf(labels) ?? '';
    const rules: Rule[] = [];
    const ownNames = new Set<PortName>();
    let key = specialKeys(subject);
    for (const policy of this.#inputs.policies.inReachOf(namespace)) {
      for (const group of policy.groups) {
        if (!selectsSubject(group.example, subject)) continue;
        for (const rule of group.rules) rules.push(rule);
        for (const name of group.ownNames) ownNames.add(name);
        key += group.key;
      }
    }
    const found = { key, rulesKey: key, rules, ownNames: [...ownNames], ownPorts: NO_PORTS, subject };
    return withPorts(found, ports, ownNames);
  }

  /** Of every endpoint of an identity, each class once; one where it has no endpoint. */
  rulesOf({ id, labels }: IdentityRecord): readonly ClassRules[] {
    const some = this.rulesFor(labels, id, NO_PORTS);
    if (some.ownNames.length === 0) return [some];
    const names = new Set(some.ownNames);
    const all = portSetsOf(id, this.#ports()).map(({ ports }) => withPorts(some, ports, names));
    return [...new Map(all.map((rules) => [rules.key, rules])).values()];
  }

  /** `like`: a class with the same rules. Thousands of pods with ports of their own may make as many. */
  make({ subject, ...found }: ClassRules, like?: MadeClass): MadeClass {
    if (like !== undefined) return like.withPorts(found);
    if (asksForTooMuch(found.rules)) return uncounted(found);
    const made = new MadePolicy(found.rules, subject, this.#inputs.settings);
    if (made.conflict === undefined) return new MadeClass({ ...found, unsupported: made.policy.unsupported }, made);
    // The endpoints keep the map that they had, which nobody outside their nodes knows.
    const { reason, refs, byChance } = made.conflict;
    const feature = byChance === true ? `${reason}, or do not: agents of 1.18 take policies in no order` : reason;
    const unsupported = refs.map(({ object, field }) => ({ object, field, feature }));
    return new MadeClass({ ...found, unsupported, conflict: made.conflict }, made);
  }

  /** Yields where the caller may pause, and returns the number of entries. */
  *countSteps(policyClass: PolicyClass): Generator<undefined, number> {
    return yield* entryCountSteps(policyClass.policy, yield* this.#mapInputsSteps(policyClass));
  }

  /**
   * Its map has no more entries, by the rules and by what their peers may select: nothing is counted. Infinity where that tells
   * nothing. A map of rules that only add is no larger than one of no rule, with its defaults, and what these rules add to it.
   */
  mostEntries(policyClass: PolicyClass): number {
    const { rules } = policyClass;
    if (!isTold(policyClass) || !areAdditive(rules)) return Number.POSITIVE_INFINITY;
    const { settings: context, known } = this.#inputs;
    const { identities, nodes } = known();
    const selectedSteps = function* (selector: EndpointSelector): Generator<undefined, number> {
      return identities.mostSelected(selector) + nodes.matching(selector).length;
    };
    const added = runToEnd(mostAddedSteps(rules, { context, selectedSteps }, Number.POSITIVE_INFINITY));
    return 2 * mostOfDefaults(context) + added;
  }

  /** Yields where the caller may pause, and returns the map. */
  *mapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap> {
    return yield* mapStateSteps(policyClass.policy, yield* this.#mapInputsSteps(policyClass));
  }

  *#mapInputsSteps({ policy, ownPorts }: PolicyClass): Generator<undefined, MapInputs> {
    const { selections, selectionsSteps } = yield* agentIdentitiesSteps(policy, this.#inputs.known());
    const namedPorts = namedPortsFor(ownPorts, this.#ports());
    return { context: this.#inputs.settings, selections, selectionsSteps, namedPorts };
  }

  #ports(): PortGround {
    return { ...this.#inputs.known(), ports: this.#inputs.ports };
  }

  /** Yields where the caller may pause, and returns the entries that one more identity adds to the map of a class. */
  gainedSteps(policyClass: PolicyClass, newcomer: Newcomer): Generator<undefined, number> {
    const { labels, id: identity = this.#anyIdentity, ports } = newcomer;
    const context = this.#inputs.settings;
    const live = withNewcomer(namedPortsFor(policyClass.ownPorts, this.#ports()), identity, ports);
    const asked = portsAsked(policyClass, identity, { context, namedPorts: live });
    const ground = [wildcardFor(identity, context), ...asked.values()].join();
    return this.#gains.gainedSteps(policyClass, labels, ground, () => {
      const namedPorts = withPortsAsked(live, asked);
      const labelsOf = (id: number) => this.#inputs.known().nodes.labelsOf(id);
      const inputs = { context, namedPorts, labelsOf };
      return gainedCountSteps(policyClass.policy, { identity, labels }, inputs);
    });
  }

  /** The peer selectors of a class, each once, but for the wildcard, which gains nothing from one more identity. */
  peersOf(policyClass: PolicyClass): Iterable<EndpointSelector> {
    return peersOf(policyClass);
  }
}

/** What its rules make is known. */
function isTold({ conflict, uncounted, unsupported }: PolicyClass): boolean {
  return conflict === undefined && uncounted === undefined && unsupported.length === 0;
}

/** Its numbers are unknown, whatever they are: nobody waits for them. */
function uncounted({ rules, ...found }: Omit<ClassRules, 'subject'>): MadeClass {
  const reason = `its rules ask for more than ${MOST_ASKED_KEYS} keys of a policy map`;
  const objects = new Map(rules.map(({ ref }) => [formatRef(ref.object), ref]));
  const unsupported = [...objects.values()].map(({ object, field }) => ({ object, field, feature: reason }));
  return new MadeClass({ ...found, rules, unsupported, uncounted: reason });
}

/** `names` are those that the rules ask for. */
function withPorts(found: ClassRules, ports: NamedPortMap, names: ReadonlySet<PortName>): ClassRules {
  const ownPorts = names.size === 0 ? NO_PORTS : portsWithNames(ports, names);
  return ownPorts.size === 0 ? found : { ...found, key: found.rulesKey + formatPorts(ownPorts), ownPorts };
}

function portsWithNames(ports: NamedPortMap, names: ReadonlySet<PortName>): NamedPortMap {
  return new Map([...ports].filter(([name, { protocol }]) => names.has(portName(name, protocol))));
}

/** What the names in its egress rules stand for, as an identity has to do with them. */
type AskedPorts = ReadonlyMap<PortName, number | undefined>;

function portsAsked(
  { policy }: PolicyClass,
  identity: NumericIdentity,
  { context, namedPorts }: Pick<MapInputs, 'context' | 'namedPorts'>,
): AskedPorts {
  const isByIdentity = context.profile.egressNamedPorts === 'identity';
  const asked = new Map<PortName, number | undefined>();
  for (const { port } of policy.egress.filters) {
    if (port.kind !== 'name') continue;
    const { name, protocol } = port;
    const found = isByIdentity ? namedPorts.portOf(identity, name, protocol) : namedPorts.egress(name, protocol);
    asked.set(portName(name, protocol), found);
  }
  return asked;
}

/** As they were when they were asked for: events may change them while what follows is counted, in pauses. */
function withPortsAsked(namedPorts: NamedPorts, asked: AskedPorts): NamedPorts {
  if (asked.size === 0) return namedPorts;
  return {
    ...namedPorts,
    egress: (name, protocol) => asked.get(portName(name, protocol)),
    portOf: (_identity, name, protocol) => asked.get(portName(name, protocol)),
  };
}

const SELF = 'self ';

/** No pod is in such a class. */
export function isOfHosts({ key }: PolicyClass): boolean {
  return key.startsWith(SELF);
}

/**
 * What the agent looks at besides the rules: two labels, of any source, and whether it is the host endpoint, which has no allow
 * of itself (determineAllowLocalhostIngress, pkg/policy).
 */
function specialKeys(subject: Subject): string {
  const { labels } = subject;
  const self = isHost(subject) ? SELF : '';
  const host = labelOf(labels, 'host') === undefined ? '' : 'host ';
  const init = labelOf(labels, 'init') === undefined ? '' : 'init ';
  return self + host + init;
}
