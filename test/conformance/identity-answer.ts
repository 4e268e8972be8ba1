/**
 * Questions about identities -> answers, in the format of the recorded cases: a thin adapter that goes through decoding, the
 * store and its view.
 */
import {
  canonicalKey,
  formatLabel,
  labelArray,
  labelOf,
  type Label,
  type LabelArray,
} from '../../src/cilium/identity/label.ts';
import { reservedIdentities, wellKnownIdentities } from '../../src/cilium/identity/numeric-identity.ts';
import { isNodeLocal, operatorLabels } from '../../src/cilium/identity/pod-identity.ts';
import { podLabels, POD_NAMESPACE_KEY } from '../../src/cilium/identity/pod-labels.ts';
import type { Settings } from '../../src/cluster/settings.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { feed, openCluster } from './cluster.ts';

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
  const store = openCluster({
    cilium,
    ciliumNamespace: question.op === 'filter' ? 'kube-system' : (question.ciliumNamespace ?? 'kube-system'),
    config: configOf(question),
    ...(prefixFileOf(question) === undefined ? {} : { labelPrefixFile: prefixFileOf(question) ?? '' }),
  });
  if (!store.ok) return { error: store.error };
  const { settings } = store.value.view();
  const refusal = startError(settings);
  if (refusal !== undefined) return { ok: false, stage: 'config', error: refusal };
  switch (question.op) {
    case 'identity':
      return identityAnswer(question, store.value);
    case 'filter':
      return filterAnswer(question, settings);
    case 'reserved':
      return reservedAnswer(settings);
  }
}

/** Why an agent with these settings does not start. */
function startError({ filter, problems, config }: Settings): string | undefined {
  if (filter.kind !== 'known') return filter.reason;
  const mapping = problems.find(({ key }) => key === 'fixed-identity-mapping');
  return mapping !== undefined && config.fixedIdentityMapping.size === 0 ? mapping.reason : undefined;
}

function identityAnswer(question: IdentityQuestion, store: ClusterStore): Answer {
  for (const raw of [rawNamespace(question), rawPod(question)]) {
    const error = feed(store, raw);
    if (error !== undefined) return { error };
  }
  const view = store.view();
  const { name } = question.namespace;
  const pod = view.pod(name, podName(question));
  const namespace = view.namespace(name);
  if (pod === undefined || namespace === undefined) return { error: 'the pod is not in the model' };
  if (podLabels(pod, namespace, view.settings).undecided.length > 0) return { nondeterministic: true };
  const identity = view.identityOfShape(pod, name);
  if (identity.kind === 'unknown') return { error: identity.reason };
  return {
    ok: true,
    identityLabels: identity.labels.map(formatLabel),
    infoLabels: view.informationLabels(pod, name).map(formatLabel),
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

function filterAnswer(question: FilterQuestion, { filter }: Settings): Answer {
  if (filter.kind !== 'known') return { error: filter.reason };
  const labels = labelArray(question.input);
  const isKept = (label: Label): boolean => filter.filter.keeps(label);
  return {
    ok: true,
    identityLabels: labels.filter(isKept).map(formatLabel),
    infoLabels: labels.filter((label) => !isKept(label)).map(formatLabel),
  };
}

function reservedAnswer({ profile, config }: Settings): Answer {
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

function configOf(question: Question): ReadonlyMap<string, string> {
  const config = new Map<string, string>();
  if (question.op !== 'filter') {
    if (question.clusterName !== undefined) config.set('cluster-name', question.clusterName);
    config.set('cluster-id', String(question.clusterID ?? 0));
  }
  if (question.op !== 'reserved' && question.labelsConfig !== undefined) config.set('labels', question.labelsConfig);
  if (prefixFileOf(question) !== undefined) config.set('label-prefix-file', '/given-apart');
  if (question.op === 'identity') {
    config.set('enable-well-known-identities', String(question.wellKnownIdentities ?? false));
    const mapping = Object.entries(question.fixedIdentityMapping ?? {}).map(([id, name]) => `${id}=${name}`);
    if (mapping.length > 0) config.set('fixed-identity-mapping', mapping.join(','));
  }
  return config;
}

/** The content of the file; an empty one stands for none. */
function prefixFileOf(question: Question): string | undefined {
  return question.op === 'reserved' ? undefined : question.labelPrefixFile || undefined;
}

function podName({ pod }: IdentityQuestion): string {
  return pod.name ?? 'pod';
}

function rawNamespace({ namespace: { name, labels } }: IdentityQuestion): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function rawPod(question: IdentityQuestion): object {
  const { labels, serviceAccountName, containers } = question.pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: question.namespace.name, name: podName(question), labels },
    spec: { serviceAccountName, containers: (containers ?? []).map((ports, index) => ({ name: `c${index}`, ports })) },
  };
}
