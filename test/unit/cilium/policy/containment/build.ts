/**
 * Builders for containment tests: selectors in the notation of Cilium's own logs, labels, facts.
 */
import { readAgentConfig, type AgentConfig } from '../../../../../src/cilium/agent-config.ts';
import { labelArray, type Label, type LabelArray } from '../../../../../src/cilium/identity/label.ts';
import { parseLabelFilter } from '../../../../../src/cilium/identity/label-filter.ts';
import { asPeer, asSubject, type Containment } from '../../../../../src/cilium/policy/containment/answer.ts';
import { STEPS, uncoveredReach } from '../../../../../src/cilium/policy/containment/containment.ts';
import { universeFacts, type UniverseFacts } from '../../../../../src/cilium/policy/containment/facts.ts';
import { Budget } from '../../../../../src/cilium/budget.ts';
import type { PolicyContext } from '../../../../../src/cilium/policy/context.ts';
import {
  endpointSelector,
  type EndpointSelector,
  type Requirement,
} from '../../../../../src/cilium/policy/selector.ts';
import { profileFor } from '../../../../support/profile.ts';

export const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
export const NAMESPACE_NAME = 'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name';
export const CLUSTER = 'k8s:io.cilium.k8s.policy.cluster';

export function context(version = '1.19.7', config: Partial<AgentConfig> = {}): PolicyContext {
  const profile = profileFor(version);
  const read = readAgentConfig(new Map(), { profile, namespace: 'kube-system' });
  return { profile, config: { ...read.config, ipv4: true, ipv6: false, ...config } };
}

export function facts(version = '1.19.7', config: Partial<AgentConfig> = {}): UniverseFacts {
  const settings = context(version, config);
  const filter = parseLabelFilter({ profile: settings.profile, ...config });
  if (!filter.ok) throw new Error(filter.error.reason);
  return universeFacts(settings, (label) => filter.value.keeps(label));
}

/**
 * `k8s:app=db`, `any:app in a,b`, `k8s:app notin a`, `reserved:host`, `!k8s:app`; the wildcard without any. Values of source
 * cidrgroup are asked for as a cidrGroupSelector asks.
 */
export function selector(...texts: readonly string[]): EndpointSelector {
  return endpointSelector(texts.map(requirement));
}

/** The same, of CIDR origin: only what has a world label. */
export function cidrSelector(...texts: readonly string[]): EndpointSelector {
  return endpointSelector(texts.map(requirement), 'cidr');
}

export function requirement(text: string): Requirement {
  const [, not, source = '', key = '', operator = '', values = ''] =
    /^(!?)([^:]+):([^= ]+)(=| in | notin |)(.*)$/.exec(text) ?? [];
  if (operator === '') return { source, key, operator: not === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  const asked = { source, key, operator: operator === ' notin ' ? 'NotIn' : 'In', values: values.split(',') } as const;
  return source === 'cidrgroup' ? { ...asked, encoded: true } : asked;
}

/** `k8s:app=web`, `reserved:host`. */
export function labels(...texts: readonly string[]): LabelArray {
  return labelArray(texts.map(label));
}

function label(text: string): Label {
  const [, source = '', key = '', value = ''] = /^([^:]+):([^=]+)=?(.*)$/.exec(text) ?? [];
  return { source, key, value };
}

/** Whether some cover matches each peer that the target matches. */
export function uncovered(
  target: EndpointSelector,
  covers: readonly EndpointSelector[],
  universe: UniverseFacts,
): Containment {
  return uncoveredReach([asPeer(target)], covers.map(asPeer), universe, new Budget(STEPS));
}

/** The same for subjects. */
export function uncoveredSubject(
  target: EndpointSelector,
  covers: readonly EndpointSelector[],
  universe: UniverseFacts,
): Containment {
  return uncoveredReach([asSubject(target)], covers.map(asSubject), universe, new Budget(STEPS));
}
