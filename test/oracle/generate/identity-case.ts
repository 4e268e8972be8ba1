/**
 * Questions about the identity of a pod, and about a filter.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import { labelsConfig, prefixFile } from './filter-config.ts';
import type { Json } from './json.ts';
import { labelKey, labelMap, labelValue } from './labels.ts';
import { wellKnownPod } from './well-known-pods.ts';

const SOURCES = ['k8s', 'k8s', 'k8s', 'reserved', 'gen', 'cni', 'any', 'container', 'unspec', 'node', ''];
const NAMESPACES = ['shop', 'kube-system', 'default', 'a'];

function filterConfig(random: Random): Json {
  return { labelsConfig: chance(0.3, random) ? '' : labelsConfig(random), labelPrefixFile: prefixFile(random) };
}

export function filterQuestion(random: Random): Json {
  const keys = new Set(several(8, random, labelKey));
  const input = [...keys].map((key) => ({ source: pick(SOURCES, random), key, value: labelValue(random) }));
  return { op: 'filter', ...filterConfig(random), input };
}

/** Questions about tables of numbers cost the oracle a process each, so that there are few. */
export function identityQuestion(random: Random): Json {
  return weighted<Json>(
    [
      [90, podQuestion],
      [15, wellKnownQuestion],
      [7, fixedQuestion],
      [2.5, reservedQuestion],
    ],
    random,
  );
}

function podQuestion(random: Random): Json {
  const namespace = pick(NAMESPACES, random);
  return {
    op: 'identity',
    ...filterConfig(random),
    ...clusterConfig(random),
    namespace: { name: namespace, labels: namespaceLabels(namespace, random) },
    pod: weighted<Json>(
      [
        [95, pod],
        [5, podThatClaimsAnAccount],
      ],
      random,
    ),
  };
}

function clusterConfig(random: Random): Json {
  return {
    clusterName: pick(['default', 'default', 'east-1'], random),
    clusterID: pick([0, 0, 1, 255], random),
    ciliumNamespace: pick(['kube-system', 'cilium'], random),
  };
}

/** Mostly where nothing filters labels, so that the pod keeps what it is known by. */
function wellKnownQuestion(random: Random): Json {
  return {
    ...podQuestion(random),
    ...(chance(0.9, random) ? { labelsConfig: '', labelPrefixFile: '' } : {}),
    ...maybe(0.95, random, () => wellKnownPod(random)),
    ...maybe(0.82, random, () => ({ wellKnownIdentities: true })),
  };
}

/** Numbers outside 128 to 255 stop the agent. */
function fixedQuestion(random: Random): Json {
  const number = pick(['128', '200', '255', '127', '256', '5'], random);
  const asked = podQuestion(random);
  const value = labelValue(random) || 'db';
  const { labels, ...rest } = asked['pod'] as { readonly labels?: Json };
  return {
    ...asked,
    ...(chance(0.4, random) ? { labelsConfig: '', labelPrefixFile: '' } : {}),
    pod: { ...rest, labels: { ...labels, ...maybe(0.6, random, () => ({ 'io.cilium.fixed-identity': value })) } },
    fixedIdentityMapping: { [number]: value },
  };
}

function reservedQuestion(random: Random): Json {
  return { op: 'reserved', ...clusterConfig(random) };
}

/** Without an account the label stays away, whoever asks for it. */
function podThatClaimsAnAccount(random: Random): Json {
  const labels = { ...labelMap(3, random), 'io.cilium.k8s.policy.serviceaccount': labelValue(random) };
  return { name: 'p', labels, ...maybe(0.5, random, () => ({ serviceAccountName: '' })) };
}

function namespaceLabels(name: string, random: Random): Json {
  return { 'kubernetes.io/metadata.name': name, ...maybe(0.7, random, () => labelMap(3, random)) };
}

function pod(random: Random): Json {
  return {
    name: 'p',
    ...maybe(0.95, random, () => ({ labels: labelMap(7, random) })),
    ...maybe(0.8, random, () => ({ serviceAccountName: pick(['default', 'web', ''], random) })),
    ...maybe(0.5, random, () => ({ containers: several(3, random, () => ports(random)) })),
  };
}

function ports(random: Random): readonly Json[] {
  return Array.from({ length: below(5, random) }, () => ({
    ...maybe(0.9, random, () => ({ name: portName(random) })),
    containerPort: pick([80, 8080, 443, 53, 1, 65535, 0], random),
    ...maybe(0.8, random, () => ({ protocol: pick(['TCP', 'UDP', 'SCTP', 'tcp', 'ICMP', ''], random) })),
  }));
}

function portName(random: Random): string {
  return pick(
    [
      'http',
      'https',
      'dns',
      'metrics',
      'HTTP',
      'web-1',
      '1web',
      'a',
      'health-check',
      'abcdefghijklmno',
      'abcdefghijklmnop',
      '80',
      '-a',
      'a--b',
      'grpc-internal',
      'b',
    ],
    random,
  );
}
