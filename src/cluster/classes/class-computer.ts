/**
 * Which rules select a subject, and what map they make: the arithmetic of policy classes, without a memory of its own.
 *
 * Subjects that the same rules select have the same policy, but for two label keys at which the agent looks by itself
 * (`host` and `init`), and for the host endpoint, which are therefore part of the key of a class.
 * Cost: rules O(policies in reach of the subject's namespace); a count O(filters x identities); a gain O(filters).
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { podNamespaceOf } from '../../cilium/identity/pod-labels.ts';
import { identityBits } from '../../cilium/identity/numeric-identity.ts';
import { formatRef } from '../../cilium/objects.ts';
import { wildcardFor } from '../../cilium/policy/map/aggregates.ts';
import { asksForTooMuch, MOST_ASKED_KEYS } from '../../cilium/policy/map/asked-keys.ts';
import { entryCountSteps, gainedCountSteps } from '../../cilium/policy/map/entry-count.ts';
import type { MapInputs } from '../../cilium/policy/map/contributions.ts';
import { mapStateSteps } from '../../cilium/policy/map/map-state.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import {
  HOST_IDENTITY,
  isHost,
  resolve,
  selectsSubject,
  type SelectorPolicy,
  type Subject,
} from '../../cilium/policy/resolve.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import { ClassGains, peersOf } from './class-gains.ts';
import { agentIdentitiesSteps, type KnownIdentities } from '../identities/agent-identities.ts';
import { isHostEndpoint } from '../identities/host-endpoints.ts';
import { provisionalIdentity } from '../identities/identity-layer.ts';
import type { PolicyLayer } from '../policies/policy-repository.ts';
import type { Settings } from '../settings.ts';
import type { PolicyClass } from '../policy-class.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

export interface ClassInputs {
  readonly settings: Settings;
  readonly policies: PolicyLayer;
  /** As it is when it is asked for. */
  readonly known: () => KnownIdentities;
}

/** The rules that select a subject, and the key of the class that they make. */
export interface ClassRules {
  readonly key: string;
  readonly rules: readonly Rule[];
  readonly subject: Subject;
}

const NOTHING: SelectorPolicy = {
  ingress: { enforced: false, defaultDeny: false, filters: [] },
  egress: { enforced: false, defaultDeny: false, filters: [] },
  hostEntry: 'none',
  unsupported: [],
};

export class ClassComputer {
  readonly #inputs: ClassInputs;
  readonly #gains = new ClassGains();
  /** Stands for an identity of this cluster that has no number yet. */
  readonly #anyIdentity: NumericIdentity;

  constructor(inputs: ClassInputs) {
    this.#inputs = inputs;
    this.#anyIdentity = provisionalIdentity(0, identityBits(inputs.settings.config));
  }

  rulesFor(labels: LabelArray, identity: NumericIdentity | undefined): ClassRules {
    const subject: Subject = identity === undefined ? { labels } : { labels, identity: agentsNumber(identity) };
    const namespace = podNamespaceOf(labels) ?? '';
    const rules: Rule[] = [];
    let key = specialKeys(subject);
    for (const policy of this.#inputs.policies.inReachOf(namespace)) {
      for (const group of policy.groups) {
        if (!selectsSubject(group.example, subject)) continue;
        for (const rule of group.rules) rules.push(rule);
        key += group.key;
      }
    }
    return { key, rules, subject };
  }

  make({ key, rules, subject }: ClassRules): PolicyClass {
    if (asksForTooMuch(rules)) return uncounted(key, rules);
    const resolved = resolve(rules, subject, this.#inputs.settings);
    if (resolved.ok) return { key, rules, policy: resolved.value, unsupported: resolved.value.unsupported };
    // The endpoints keep the map that they had, which nobody outside their nodes knows.
    const { reason, refs } = resolved.error;
    const unsupported = refs.map(({ object, field }) => ({ object, field, feature: reason }));
    return { key, rules, policy: NOTHING, unsupported, conflict: resolved.error };
  }

  /** Yields where the caller may pause, and returns the number of entries. */
  *countSteps(policyClass: PolicyClass): Generator<undefined, number> {
    return yield* entryCountSteps(policyClass.policy, yield* this.#mapInputsSteps(policyClass));
  }

  /** Yields where the caller may pause, and returns the map. */
  *mapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap> {
    return yield* mapStateSteps(policyClass.policy, yield* this.#mapInputsSteps(policyClass));
  }

  *#mapInputsSteps({ policy }: PolicyClass): Generator<undefined, MapInputs> {
    const known = yield* agentIdentitiesSteps(policy, this.#inputs.known());
    return { context: this.#inputs.settings, selections: (selector) => known.selections(selector) };
  }

  /** Yields where the caller may pause, and returns the entries that one more identity adds to the map of a class. */
  gainedSteps(
    policyClass: PolicyClass,
    labels: LabelArray,
    identity = this.#anyIdentity,
  ): Generator<undefined, number> {
    const context = this.#inputs.settings;
    return this.#gains.gainedSteps(policyClass, labels, wildcardFor(identity, context), () => {
      const inputs = { context, labelsOf: (id: number) => this.#inputs.known().nodes.labelsOf(id) };
      return gainedCountSteps(policyClass.policy, { identity, labels }, inputs);
    });
  }

  /** The peer selectors of a class, each once, but for the wildcard, which gains nothing from one more identity. */
  peersOf(policyClass: PolicyClass): Iterable<EndpointSelector> {
    return peersOf(policyClass);
  }
}

/** Its numbers are unknown, whatever they are: nobody waits for them. */
function uncounted(key: string, rules: readonly Rule[]): PolicyClass {
  const reason = `its rules ask for more than ${MOST_ASKED_KEYS} keys of a policy map`;
  const objects = new Map(rules.map(({ ref }) => [formatRef(ref.object), ref]));
  const unsupported = [...objects.values()].map(({ object, field }) => ({ object, field, feature: reason }));
  return { key, rules, policy: NOTHING, unsupported, uncounted: reason };
}

const SELF = 'self ';

/** No pod is in such a class. */
export function isOfHosts({ key }: PolicyClass): boolean {
  return key.startsWith(SELF);
}

/** That of the host endpoint is the same on every node. */
function agentsNumber(identity: NumericIdentity): NumericIdentity {
  return isHostEndpoint(identity) ? HOST_IDENTITY : identity;
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
