/**
 * Questions about identities -> answers, in the format of the recorded cases: a thin adapter around src/cilium/identity/.
 */
import { readAgentConfig, type AgentConfig } from '../../src/cilium/agent-config.ts';
import { formatLabel, labelArray, labelOf, type Label, type LabelArray } from '../../src/cilium/identity/label.ts';
import { canonicalKey } from '../../src/cilium/identity/label.ts';
import { parseLabelFilter, type LabelFilter } from '../../src/cilium/identity/label-filter.ts';
import { reservedIdentities, wellKnownIdentities } from '../../src/cilium/identity/numeric-identity.ts';
import { isNodeLocal, operatorLabels, podIdentity } from '../../src/cilium/identity/pod-identity.ts';
import { podLabels, POD_NAMESPACE_KEY } from '../../src/cilium/identity/pod-labels.ts';
import type { Labels, PodShape } from '../../src/cilium/objects.ts';
import { parseVersion, profileOf, type Profile } from '../../src/cilium/profile.ts';
import { fail, ok, type Result } from '../../src/cilium/result.ts';

export interface WrittenPort {
  readonly name?: string;
  readonly containerPort?: number;
  readonly protocol?: string;
}

type WrittenLabels = Readonly<Record<string, string>>;

interface FilterSettings {
  readonly labelsConfig?: string;
  readonly labelPrefixFile?: string;
}

interface ClusterSettings {
  readonly clusterName?: string;
  readonly clusterID?: number;
  readonly ciliumNamespace?: string;
}

export interface IdentityQuestion extends FilterSettings, ClusterSettings {
  readonly op: 'identity';
  readonly namespace: { readonly name: string; readonly labels?: WrittenLabels | null };
  readonly pod: {
    readonly name?: string;
    readonly labels?: WrittenLabels | null;
    readonly serviceAccountName?: string;
    /** One list of ports per container. */
    readonly containers?: readonly (readonly WrittenPort[] | null)[] | null;
  };
  readonly wellKnownIdentities?: boolean;
  readonly fixedIdentityMapping?: WrittenLabels | null;
}

export interface FilterQuestion extends FilterSettings {
  readonly op: 'filter';
  readonly input: readonly Label[];
}

export interface ReservedQuestion extends ClusterSettings {
  readonly op: 'reserved';
}

export type Question = IdentityQuestion | FilterQuestion | ReservedQuestion;

type Answer = Readonly<Record<string, unknown>>;

/** `cilium` is a version such as 1.20.2. */
export function answerIdentityQuestion(cilium: string, question: Question): Answer {
  const version = parseVersion(cilium);
  const profile = version.ok ? profileOf(version.value) : version;
  if (!profile.ok) return { error: profile.error.reason };
  switch (question.op) {
    case 'identity':
      return identityAnswer(question, profile.value);
    case 'filter':
      return filterAnswer(question, profile.value);
    case 'reserved':
      return reservedAnswer(question, profile.value);
  }
}

function identityAnswer(question: IdentityQuestion, profile: Profile): Answer {
  const filter = filterOf(question, profile);
  if (!filter.ok) return refused(filter.error);
  const config = configOf(question, profile);
  if (!config.ok) return refused(config.error);
  const settings = { profile, config: config.value, filter: filter.value };
  const pod = shapeOf(question.pod);
  const namespace = { name: question.namespace.name, labels: mapOf(question.namespace.labels) };
  if (podLabels(pod, namespace, settings).undecided.length > 0) return { nondeterministic: true };
  const identity = podIdentity(pod, namespace, settings);
  return {
    ok: true,
    identityLabels: identity.labels.map(formatLabel),
    infoLabels: identity.info.map(formatLabel),
    key: identity.key,
    ciliumIdentity: ciliumIdentityOf(identity.labels),
    ...operatorAnswer(identity.labels),
    scope: isNodeLocal(identity.labels) ? 'remote-node' : 'global',
    ...(identity.kind === 'reserved' ? { reservedID: identity.id } : {}),
  };
}

/** Only where the operator computes something else. */
function operatorAnswer(labels: LabelArray): Answer {
  const seen = operatorLabels(labels);
  if (seen.length === labels.length) return {};
  return { operatorKey: canonicalKey(seen), operatorCiliumIdentity: ciliumIdentityOf(seen) };
}

function ciliumIdentityOf(labels: LabelArray): Answer {
  const namespace = labelOf(labels, POD_NAMESPACE_KEY);
  return {
    metadataLabels: namespace?.source === 'k8s' ? { [POD_NAMESPACE_KEY]: namespace.value } : {},
    securityLabels: Object.fromEntries(labels.map(({ source, key, value }) => [`${source}:${key}`, value])),
  };
}

function filterAnswer(question: FilterQuestion, profile: Profile): Answer {
  const filter = filterOf(question, profile);
  if (!filter.ok) return refused(filter.error);
  const labels = labelArray(question.input);
  return {
    ok: true,
    identityLabels: labels.filter((label) => filter.value.keeps(label)).map(formatLabel),
    infoLabels: labels.filter((label) => !filter.value.keeps(label)).map(formatLabel),
  };
}

function reservedAnswer(question: ReservedQuestion, profile: Profile): Answer {
  const { config } = readAgentConfig(clusterData(question), { profile, namespace: question.ciliumNamespace ?? '' });
  const reserved = reservedIdentities(profile).map(({ id, name, labels }) =>
    id === 0
      ? { id, kind: 'name-only', name, labels: null }
      : { id, kind: 'reserved', name, labels: labels.map(formatLabel) },
  );
  const wellKnown = wellKnownIdentities(config).flatMap(({ id, name, labels }) => {
    const printed = labels.map(formatLabel);
    return [
      { id, kind: 'reserved', name, labels: printed },
      { id, kind: 'well-known', name, labels: printed },
    ];
  });
  return { ok: true, table: [...reserved, ...wellKnown] };
}

function filterOf(question: FilterSettings, profile: Profile): Result<LabelFilter, string> {
  const { labelsConfig, labelPrefixFile = '' } = question;
  const filter = parseLabelFilter({
    profile,
    ...(labelsConfig === undefined ? {} : { labels: labelsConfig }),
    ...(labelPrefixFile === '' ? {} : { prefixFile: labelPrefixFile }),
  });
  return filter.ok ? filter : fail(filter.error.reason);
}

function configOf(question: IdentityQuestion, profile: Profile): Result<AgentConfig, string> {
  const data = clusterData(question);
  data.set('enable-well-known-identities', String(question.wellKnownIdentities ?? false));
  const mapping = Object.entries(question.fixedIdentityMapping ?? {}).map(([id, name]) => `${id}=${name}`);
  if (mapping.length > 0) data.set('fixed-identity-mapping', mapping.join(','));
  const { config, problems } = readAgentConfig(data, { profile, namespace: question.ciliumNamespace ?? '' });
  const problem = problems.find(({ key }) => key === 'fixed-identity-mapping');
  return problem !== undefined && config.fixedIdentityMapping.size === 0 ? fail(problem.reason) : ok(config);
}

function clusterData(question: ClusterSettings): Map<string, string> {
  return new Map([
    ['cluster-name', question.clusterName ?? ''],
    ['cluster-id', String(question.clusterID ?? 0)],
  ]);
}

function shapeOf(pod: IdentityQuestion['pod']): PodShape {
  const ports = (pod.containers ?? []).flatMap((container) => container ?? []);
  return {
    labels: mapOf(pod.labels),
    serviceAccountName: pod.serviceAccountName ?? '',
    hostNetwork: false,
    ports: ports.map(({ name = '', containerPort = 0, protocol = '' }) => ({ name, port: containerPort, protocol })),
  };
}

function mapOf(labels: WrittenLabels | null | undefined): Labels {
  return new Map(Object.entries(labels ?? {}));
}

function refused(error: string): Answer {
  return { ok: false, stage: 'config', error };
}
