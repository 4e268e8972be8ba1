/**
 * What fails in a real cluster: a webhook that dies, an API server that is replaced, a past that is forgotten, a server without lists
 * over watches, rights that are taken away.
 */
import assert from 'node:assert/strict';
import { eventually } from '../cluster/processes.ts';
import type { Step } from '../context.ts';
import { pod, TENANT } from '../objects.ts';
import { denied, stored } from './expect.ts';
import { OF_CILIUM } from './registration.ts';

/** Four times the longest wait of a watch that fails. */
const CATCH_UP_MS = 120_000;
const PODS = `/api/v1/namespaces/${TENANT}/pods`;

export const FAILURE_STEPS: readonly Step[] = [
  {
    name: 'without the webhook everything goes on; back again, it denies as before',
    run: async (cluster) => {
      await cluster.webhook.process.stop();
      stored(await cluster.api.post(PODS, pod('unasked', OF_CILIUM)));
      const webhook = await cluster.startWebhook();
      await webhook.ready();
      denied(await cluster.api.post(PODS, pod('asked', OF_CILIUM)), 'pods', 'reserved-labels');
    },
  },
  {
    name: 'an API server that is replaced and has forgotten the past: the model is that of the new one',
    run: async (cluster) => {
      const { webhook, controlPlane } = cluster;
      const { port } = cluster.apiServer;
      const pods = await webhook.objects('Pod');
      const other = await controlPlane.startApiServer({ name: 'kube-apiserver-2' });
      await cluster.apiServer.process.stop();
      const names = ['behind-1', 'behind-2', 'behind-3'];
      for (const name of names) stored(await other.api.post(PODS, pod(name, { app: 'web' })));
      stored(await other.api.delete(`${PODS}/victim`));
      await controlPlane.compact();
      cluster.isServedBy(await controlPlane.startApiServer({ port }));
      other.api.close();
      await other.process.stop();
      await eventually('the model has caught up', async () => (await webhook.objects('Pod')) === pods + 2, CATCH_UP_MS);
      assert.ok(webhook.logged('has forgotten').length > 0, 'a 410 was met');
      assert.ok((await webhook.readiness()).isReady);
      denied(await cluster.api.post(PODS, pod('asked', OF_CILIUM)), 'pods', 'reserved-labels');
    },
  },
  {
    name: 'an API server without lists over watches is listed in pages',
    run: async (cluster) => {
      const { port } = cluster.apiServer;
      await cluster.apiServer.process.stop();
      cluster.isServedBy(await cluster.controlPlane.startApiServer({ port, gates: 'WatchList=false' }));
      const names = Array.from({ length: 60 }, (_, index) => `paged-${index}`);
      await Promise.all(names.map(async (name) => stored(await cluster.api.post(PODS, pod(name, { app: 'web' })))));
      const { body } = await cluster.api.get('/api/v1/pods');
      const stands = (body['items'] as readonly unknown[]).length;
      assert.ok(stands > 100, 'there is more than one page');
      await eventually(
        'the old webhook follows',
        async () => (await cluster.webhook.objects('Pod')) === stands,
        CATCH_UP_MS,
      );
      await cluster.webhook.process.stop();
      const webhook = await cluster.startWebhook();
      await webhook.ready();
      assert.equal(await webhook.objects('Pod'), stands);
      stored(await cluster.api.post(PODS, pod('after-pages', { app: 'web' })));
      await eventually('it watches', async () => (await webhook.objects('Pod')) === stands + 1);
    },
  },
  {
    name: 'a right that is taken away is told, and found again',
    run: async (cluster) => {
      const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/cilium-bulkhead';
      const { body } = await cluster.api.get(path);
      stored(await cluster.api.delete(path));
      await cluster.webhook.process.stop();
      const webhook = await cluster.startWebhook();
      await eventually('it says what is missing', async () =>
        (await webhook.readiness()).text.includes('is forbidden'),
      );
      assert.ok(!(await webhook.readiness()).isReady);
      stored(await cluster.api.post(PODS, pod('meanwhile', OF_CILIUM)));
      const { apiVersion, kind, roleRef, subjects } = body;
      const metadata = { name: 'cilium-bulkhead', labels: { 'app.kubernetes.io/name': 'cilium-bulkhead' } };
      stored(await cluster.api.post(path.replace(/\/[^/]+$/, ''), { apiVersion, kind, metadata, roleRef, subjects }));
      await webhook.ready(60_000);
      denied(await cluster.api.post(PODS, pod('x', OF_CILIUM)), 'pods', 'reserved-labels');
    },
  },
];
