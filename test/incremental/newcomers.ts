/**
 * Pods that no cluster has yet, or has already: their labels as a security identity, and the named ports of their containers.
 */
import fc from 'fast-check';
import type { LabelArray } from '../../src/cilium/identity/label.ts';
import type { NamedPortMap } from '../../src/cilium/named-ports.ts';
import { labels } from '../support/objects.ts';
import { NAMESPACES, podLabels } from '../support/random-cluster.ts';

export interface Newcomer {
  readonly labels: LabelArray;
  readonly ports: NamedPortMap;
}

export const anyNewcomer: fc.Arbitrary<Newcomer> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    own: podLabels,
    team: fc.constantFrom('red', 'blue'),
    port: fc.constantFrom(undefined, undefined, 80, 8080),
  })
  .map(({ namespace, own, team, port }) => ({
    labels: labels(
      ...Object.entries(own).map(([key, value]) => `k8s:${key}=${value}`),
      `k8s:io.kubernetes.pod.namespace=${namespace}`,
      `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
      `k8s:io.cilium.k8s.namespace.labels.team=${team}`,
      'k8s:io.cilium.k8s.policy.cluster=default',
      'k8s:io.cilium.k8s.policy.serviceaccount=default',
    ),
    ports: new Map(port === undefined ? [] : [['http', { protocol: 6, port }]]),
  }));
