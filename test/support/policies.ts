/**
 * Builders for tests of the policy engine: policies from the JSON that a user writes, identities by their labels.
 */
import assert from 'node:assert/strict';
import type { AgentConfig } from '../../src/cilium/agent-config.ts';
import { readAgentConfig } from '../../src/cilium/agent-config.ts';
import { identitySet } from '../../src/cilium/identity/identity-set.ts';
import { labelArray, type Label, type LabelArray } from '../../src/cilium/identity/label.ts';
import { reservedIdentities } from '../../src/cilium/identity/numeric-identity.ts';
import { isPolicy, POLICY_KINDS, type PolicyObject } from '../../src/cilium/objects.ts';
import type { ParseContext, PolicyContext } from '../../src/cilium/policy/context.ts';
import type { MapInputs, NamedPorts } from '../../src/cilium/policy/map/contributions.ts';
import { parsePolicy } from '../../src/cilium/policy/parse/parse.ts';
import { resolve, selectsSubject, type SelectorPolicy, type Subject } from '../../src/cilium/policy/resolve.ts';
import type { Refusal, Rule } from '../../src/cilium/policy/rule.ts';
import { matches } from '../../src/cilium/policy/selector.ts';
import { decodeObject } from '../../src/kubernetes/decode/decode-object.ts';
import { clusterNetworkPolicy } from './objects.ts';
import { profileFor } from './profile.ts';
import { catalogOf } from './services.ts';

export type Spec = Readonly<Record<string, unknown>>;

/** IPv4 only, everything supplied, as worlds are recorded. */
export function contextFor(version: string, config: Partial<AgentConfig> = {}): ParseContext {
  const profile = profileFor(version);
  const read = readAgentConfig(new Map(), { profile, namespace: 'kube-system' });
  return {
    profile,
    config: { ...read.config, ipv6: false, wellKnownIdentities: false, ...config },
    services: catalogOf(),
  };
}

export function cnp(spec: Spec, name = 'p', namespace = 'a'): PolicyObject {
  const metadata = { name, namespace };
  return decodedPolicy({ apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata, spec });
}

export function ccnp(spec: Spec, name = 'cp'): PolicyObject {
  const metadata = { name };
  return decodedPolicy({ apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata, spec });
}

export function knp(spec: Spec, name = 'kp', namespace = 'a'): PolicyObject {
  const metadata = { name, namespace };
  return decodedPolicy({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
}

/** As clusterNetworkPolicy fills it. */
export function kcnp(spec: Spec, name = 'kc'): PolicyObject {
  return decodedPolicy(clusterNetworkPolicy(name, spec));
}

/** A configuration in which agents read every kind of policy. */
export const EVERY_KIND: Pick<AgentConfig, 'policyKinds'> = { policyKinds: new Set(POLICY_KINDS) };

function decodedPolicy(raw: unknown): PolicyObject {
  const object = decodeObject(raw);
  assert.ok(object.ok, object.ok ? '' : `${object.error.path} ${object.error.reason}`);
  assert.ok(isPolicy(object.value));
  return object.value;
}

export function rulesOf(policy: PolicyObject, context: ParseContext): readonly Rule[] {
  const parsed = parsePolicy(policy, context);
  assert.ok(parsed.kind === 'parsed', parsed.kind === 'refused' ? JSON.stringify(parsed.refusal) : '');
  return parsed.rules;
}

export function refusalOf(policy: PolicyObject, context: ParseContext): Refusal | undefined {
  const parsed = parsePolicy(policy, context);
  return parsed.kind === 'refused' ? parsed.refusal : undefined;
}

/** `labelsOf('k8s:app=web', 'reserved:host')` */
export function labelsOf(...texts: readonly string[]): LabelArray {
  return labelArray(texts.map(labelOf));
}

function labelOf(text: string): Label {
  const colon = text.indexOf(':');
  const equal = text.indexOf('=');
  const end = equal < 0 ? text.length : equal;
  return { source: text.slice(0, colon), key: text.slice(colon + 1, end), value: equal < 0 ? '' : text.slice(end + 1) };
}

/** A pod of the local cluster: `podLabels('a', 'web', 'k8s:tier=front')`. */
export function podLabels(namespace: string, app: string, ...more: readonly string[]): LabelArray {
  return labelsOf(
    `k8s:io.kubernetes.pod.namespace=${namespace}`,
    `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
    'k8s:io.cilium.k8s.policy.cluster=default',
    `k8s:app=${app}`,
    ...more.map((text) => text),
  );
}

export type Universe = ReadonlyMap<number, LabelArray>;

/** Reserved identities and these. */
export function universeOf(context: PolicyContext, identities: Iterable<readonly [number, LabelArray]>): Universe {
  const universe = new Map<number, LabelArray>();
  for (const { id, labels } of reservedIdentities(context.profile)) if (labels.length > 0) universe.set(id, labels);
  for (const [id, labels] of identities) universe.set(id, labels);
  return universe;
}

export const NO_NAMED_PORTS: NamedPorts = {
  ingress: () => undefined,
  egress: () => undefined,
  portOf: () => undefined,
  identitiesWith: () => [],
};

export function inputsOf(universe: Universe, context: PolicyContext): MapInputs {
  return {
    context,
    namedPorts: NO_NAMED_PORTS,
    selections: (selector) =>
      identitySet([...universe].flatMap(([id, labels]) => (matches(selector, labels) ? [id] : []))),
  };
}

/** What these policies make of a subject; they must not exclude each other. */
export function policyOf(policies: readonly PolicyObject[], subject: Subject, context: ParseContext): SelectorPolicy {
  const rules = policies.flatMap((policy) => rulesOf(policy, context));
  const resolved = resolve(
    rules.filter((rule) => selectsSubject(rule, subject)),
    subject,
    context,
  );
  assert.ok(resolved.ok, resolved.ok ? '' : resolved.error.reason);
  return resolved.value;
}
