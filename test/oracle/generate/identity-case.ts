/**
 * Questions about the identity of a pod, and about a filter.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several } from './chance.ts';
import { labelsConfig, prefixFile } from './filter-config.ts';
import type { Json } from './json.ts';
import { labelKey, labelMap, labelValue } from './labels.ts';

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

export function identityQuestion(random: Random): Json {
  const namespace = pick(NAMESPACES, random);
  return {
    op: 'identity',
    ...filterConfig(random),
    clusterName: pick(['default', 'default', 'east-1'], random),
    clusterID: pick([0, 0, 1, 255], random),
    ciliumNamespace: pick(['kube-system', 'cilium'], random),
    namespace: { name: namespace, labels: namespaceLabels(namespace, random) },
    pod: chance(0.05, random) ? coreDNS(random) : pod(random),
    ...rareTables(random),
  };
}

/** Each of these costs the oracle a process of its own. */
function rareTables(random: Random): Json {
  return {
    ...maybe(0.02, random, () => ({ wellKnownIdentities: true })),
    ...maybe(0.02, random, () => ({
      fixedIdentityMapping: { [pick(['128', '200', '255'], random)]: labelValue(random) || 'db' },
    })),
  };
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

/** The pod of a well-known identity, nearly. */
function coreDNS(random: Random): Json {
  const labels = { 'k8s-app': 'kube-dns', ...maybe(0.3, random, () => labelMap(1, random)) };
  return { name: 'p', labels, serviceAccountName: pick(['coredns', 'kube-dns'], random) };
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
