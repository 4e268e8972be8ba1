/**
 * The live source on a real API server: lists, watches, CRDs that come later, versions and configurations that change.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCluster } from '../../../src/kubernetes/api/client.ts';
import { eventually } from '../cluster/processes.ts';
import { ADMIN } from '../cluster/users.ts';
import type { Cluster, Step } from '../context.ts';
import { agents, ciliumConfig, namespace, pod, TENANT } from '../objects.ts';
import { CILIUM, crdFolder } from '../tools.ts';
import { stored } from './expect.ts';

const DEPLOY = join(import.meta.dirname, '../../../deploy');
const PODS = `/api/v1/namespaces/${TENANT}/pods`;
const MANY = 150;

export const LIVE_STEPS: readonly Step[] = [
  {
    name: 'with the rights of deploy/ the webhook is ready on a cluster without Cilium',
    run: async (cluster) => {
      const files = ['00-namespace.yaml', '10-rbac.yaml', '11-certificates.yaml', '30-config.yaml'];
      await cluster.apply(files.flatMap((file) => ['-f', join(DEPLOY, file)]));
      stored(await cluster.api.post('/api/v1/namespaces', namespace(TENANT)));
      const webhook = await cluster.startWebhook();
      await webhook.ready();
      assert.deepEqual(webhook.logged('a watch fails'), []);
      assert.equal(await webhook.sample('watch_age_seconds', { kind: 'CiliumIdentity' }), undefined);
      assert.ok((await webhook.sample('watch_age_seconds', { kind: 'Pod' })) !== undefined);
      assert.equal(webhook.logged('nothing can be predicted').length, 1);
    },
  },
  {
    name: 'the CRDs of Cilium are picked up when they come',
    run: async (cluster) => {
      await cluster.apply(['-f', crdFolder()]);
      const isWatched = async (): Promise<boolean> =>
        (await cluster.webhook.sample('watch_age_seconds', { kind: 'CiliumIdentity' })) !== undefined;
      await eventually('CiliumIdentities are watched', isWatched, 60_000);
      await cluster.apply(['-f', join(DEPLOY, '20-network-policy.yaml')]);
      await eventually(
        'its own policy is in the model',
        async () => (await cluster.webhook.objects('CiliumNetworkPolicy')) === 1,
      );
    },
  },
  {
    name: 'the version and the configuration of Cilium come, change and are those of the model, in one process',
    run: async (cluster) => {
      const { webhook, api } = cluster;
      const told = (text: string) =>
        eventually(
          `the model is ${text}`,
          () => webhook.logged('the model is that of the cluster').at(-1)?.includes(text) === true,
        );
      stored(await api.post('/apis/apps/v1/namespaces/kube-system/daemonsets', agents('1.19.7')));
      await told('Cilium 1.19.7, cluster \\"default\\"');
      stored(
        await api.post(
          '/api/v1/namespaces/kube-system/configmaps',
          ciliumConfig({ 'cluster-name': 'e2e', 'cluster-id': '0' }),
        ),
      );
      await told('Cilium 1.19.7, cluster \\"e2e\\"');
      stored(await api.put('/apis/apps/v1/namespaces/kube-system/daemonsets/cilium', agents(CILIUM)));
      await told(`Cilium ${CILIUM}, cluster \\"e2e\\"`);
      assert.ok(webhook.process.isRunning);
    },
  },
  {
    name: `${MANY} pods come, half of them change and the others go, as the model says`,
    run: async (cluster) => {
      const { webhook, api } = cluster;
      const names = Array.from({ length: MANY }, (_, index) => `many-${index}`);
      for (const answer of await Promise.all(names.map((name) => api.post(PODS, pod(name, { app: name })))))
        stored(answer);
      await eventually('all are there', async () => (await webhook.objects('Pod')) === MANY);
      assert.equal(await webhook.sample('identities_in_use'), MANY);
      const [kept, gone] = [names.slice(0, MANY / 2), names.slice(MANY / 2)];
      const merged = { metadata: { labels: { app: 'one' } } };
      await Promise.all(kept.map(async (name) => stored(await api.patch(`${PODS}/${name}`, 'merge', merged))));
      await Promise.all(gone.map(async (name) => stored(await api.delete(`${PODS}/${name}`))));
      await eventually('half are gone, and the rest is one identity', async () => {
        return (await webhook.objects('Pod')) === MANY / 2 && (await webhook.sample('identities_in_use')) === 1;
      });
      assert.equal(await webhook.sample('undecodable_objects_total'), undefined);
    },
  },
  {
    name: 'the kubeconfig of a file reaches the API server',
    run: async (cluster: Cluster) => {
      const file = cluster.controlPlane.kubeconfig(cluster.apiServer, ADMIN);
      const access = await openCluster({ from: 'kubeconfig', file });
      assert.ok(access.ok, access.ok ? '' : access.error);
      assert.equal(access.value.server.origin, cluster.apiServer.server);
    },
  },
];
