/**
 * Scenes with nodes: inside prefixes of policies, named by policies, and as what a policy is for.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe } from './chance.ts';
import type { Json } from './json.ts';
import type { Scene } from './scene.ts';
import { cnp, portOrNot } from './staged-policy.ts';

const NODES: readonly Json[] = [
  { name: 'n1', labels: { pool: 'red', 'kubernetes.io/hostname': 'n1' }, ips: ['10.0.0.1'] },
  { name: 'n2', labels: { pool: 'blue', 'kubernetes.io/hostname': 'n2' }, ips: ['10.0.0.2', '192.0.2.2'] },
];

/** Nodes inside prefixes of policies, and policies that name nodes; of a pod on one of them, or on one that is none of them. */
export function nodesByPrefix(random: Random): Scene {
  const peer = pick<Json>(
    [
      { fromCIDR: ['10.0.0.0/8'] },
      { fromNodes: [{ matchLabels: { pool: 'blue' } }] },
      { fromNodes: [{ matchExpressions: [{ key: 'pool', operator: 'Exists' }] }] },
      { fromEntities: ['remote-node'] },
      { fromEntities: ['host'] },
      { fromEntities: ['kube-apiserver'] },
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.0.0.1/32'] }] },
      { fromCIDR: ['192.0.2.2/32'] },
    ],
    random,
  );
  const apiserverIPs = pick<readonly string[]>([[], [], ['10.0.0.1'], ['10.0.0.2', '172.16.0.1']], random);
  return {
    policies: [cnp({ [chance(0.8, random) ? 'ingress' : 'ingressDeny']: [{ ...peer, ...portOrNot(random) }] })],
    options: {
      ...maybe(0.75, random, () => ({ cidrMatchMode: 'nodes' })),
      ...pick<Json>([{}, { enableNodeSelectorLabels: true }], random),
    },
    nodes: NODES,
    ...maybe(0.75, random, () => ({ node: pick(['n1', 'n2'], random) })),
    apiserverIPs,
  };
}

export function hostEndpoint(random: Random): Scene {
  const nodeSelector = pick<Json>([{}, { matchLabels: { pool: 'red' } }, { matchLabels: { pool: 'blue' } }], random);
  const peer = pick<Json>([{}, { fromEntities: ['cluster'] }, { fromCIDR: ['10.0.0.0/8'] }], random);
  const metadata = { name: 'h' };
  const spec = { nodeSelector, ingress: [{ ...peer, ...portOrNot(random) }] };
  const policy = { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata, spec };
  return {
    policies: [policy],
    options: { hostFirewall: chance(0.85, random), enableNodeSelectorLabels: chance(0.3, random) },
    nodes: NODES,
    node: 'n1',
    subject: 1,
  };
}
