/**
 * Identities that the real cilium-operator mints, against those that the model foretold of the same pods.
 */
import assert from 'node:assert/strict';
import type { Json } from '../cluster/api.ts';
import { eventually, freePort, type Running } from '../cluster/processes.ts';
import { ADMIN } from '../cluster/users.ts';
import type { Cluster, Step } from '../context.ts';
import { namespace, pod } from '../objects.ts';
import { toolPath } from '../tools.ts';
import { stored } from './expect.ts';

const IDENTITIES = '/apis/cilium.io/v2/ciliumidentities';

/** Label sets that Cilium keeps, drops, adds to and makes one of. */
const PODS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['plain', { app: 'web' }],
  ['same', { app: 'web', 'pod-template-hash': '5d9c' }],
  ['empty', {}],
  ['empty-value', { app: '' }],
  ['dotted', { 'app.kubernetes.io/name': 'web', tier: 'front' }],
  ['stateful', { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0', 'apps.kubernetes.io/pod-index': '0' }],
  ['ours', { app: 'web', 'io.kubernetes.pod.namespace': 'forged' }],
  ['job', { 'job-name': 'nightly-1', 'batch.kubernetes.io/controller-uid': 'abc' }],
  ['prototype', { constructor: 'x' }],
];
const NAMESPACES = [namespace('minted-a'), namespace('minted-b', { team: 'b', 'kubernetes.io/x': 'y' })];

export const IDENTITY_STEPS: readonly Step[] = [
  {
    name: `cilium-operator mints the identities that the model foretold, for ${PODS.length * NAMESPACES.length} pods`,
    run: async (cluster) => {
      const { api, webhook } = cluster;
      const pods = await webhook.objects('Pod');
      for (const one of NAMESPACES) {
        stored(await api.post('/api/v1/namespaces', one));
        const { name } = one['metadata'] as { readonly name: string };
        for (const [podName, labels] of PODS)
          stored(await api.post(`/api/v1/namespaces/${name}/pods`, inside(name, podName, labels)));
      }
      const all = pods + PODS.length * NAMESPACES.length;
      await eventually('the model has the pods', async () => (await webhook.objects('Pod')) === all);
      const foretold = (await webhook.sample('identities_in_use')) ?? 0;
      const operator = await startOperator(cluster);
      try {
        await eventually('every identity is minted', async () => (await minted(cluster)) === foretold, 60_000).catch(
          async (cause: unknown) => {
            throw new Error(
              `${await minted(cluster)} identities are minted, foretold were ${foretold}\n${operator.tail}`,
              { cause },
            );
          },
        );
        await eventually('they are in the model', async () => (await webhook.objects('CiliumIdentity')) === foretold);
        assert.equal(
          await webhook.sample('identities_in_use'),
          foretold,
          'each is one that a pod was foretold to have',
        );
        assert.equal(await webhook.sample('identities_unused'), 0);
      } finally {
        await operator.stop();
      }
    },
  },
];

function inside(inNamespace: string, name: string, labels: Readonly<Record<string, string>>): Json {
  const made = pod(name, labels);
  return { ...made, metadata: { ...(made['metadata'] as Json), namespace: inNamespace } };
}

async function minted({ api }: Cluster): Promise<number> {
  const { body } = await api.get(IDENTITIES);
  return Array.isArray(body['items']) ? body['items'].length : 0;
}

async function startOperator(cluster: Cluster): Promise<Running> {
  const kubeconfig = cluster.controlPlane.kubeconfig(cluster.apiServer, ADMIN);
  const args = [
    `--k8s-kubeconfig-path=${kubeconfig}`,
    '--cluster-name=e2e',
    '--identity-allocation-mode=crd',
    '--identity-management-mode=operator',
    // Neither needs addresses of nodes.
    '--ipam=kubernetes',
    '--enable-ipv6=false',
    '--enable-gops=false',
    '--unmanaged-pod-watcher-interval=0',
    `--operator-prometheus-serve-addr=127.0.0.1:${await freePort()}`,
    `--operator-api-serve-addr=127.0.0.1:${await freePort()}`,
  ];
  return cluster.processes.start('cilium-operator', toolPath('cilium-operator'), args, {
    ...process.env,
    CILIUM_K8S_NAMESPACE: 'kube-system',
  });
}
