/**
 * The registration of deploy/, as it is but for the port; the webhook writes what it trusts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../cluster/processes.ts';
import { REPLICASET_CONTROLLER } from '../cluster/users.ts';
import type { Cluster, Step } from '../context.ts';
import { pod, TENANT } from '../objects.ts';
import { denied, stored } from './expect.ts';

const REGISTRATION = join(import.meta.dirname, '../../../deploy/50-validating-webhook-configuration.yaml');
const PODS = `/api/v1/namespaces/${TENANT}/pods`;
export const OF_CILIUM = { 'io.cilium.k8s.policy.cluster': 'mine' };

export const REGISTRATION_STEPS: readonly Step[] = [
  {
    name: 'deploy/50-validating-webhook-configuration.yaml makes the API server ask, by the name of the service; the webhook writes what it trusts',
    run: async (cluster) => {
      stored(await cluster.api.post('/api/v1/namespaces/cilium-bulkhead/services', serviceOf(cluster.webhook.port)));
      await cluster.apply(['-f', '-'], registrationOf(cluster));
      await eventually('reviews come', async () => {
        await cluster.api.post(`${PODS}?dryRun=All`, pod('asked'));
        return ((await cluster.webhook.sample('admission_reviews_total')) ?? 0) > 0;
      });
      denied(await cluster.api.post(PODS, pod('x', OF_CILIUM)), 'pods', 'reserved-labels');
    },
  },
  {
    name: 'kubectl shows a denial as the documentation does, and the answer tells how old the model is',
    run: async (cluster) => {
      const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(pod('x', { build: '17' })));
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Error from server \(Forbidden\): error when creating "STDIN": admission webhook "pods\.cilium-bulkhead\.io" denied the request: \[identity-churn\/label-not-allowed\] /,
      );
      assert.match(stderr, /see docs\/checks\/identity-churn\.md#label-not-allowed \(decision [0-9a-f]+\)/);
    },
  },
  {
    name: 'the off switch of docs/operations.md lets everything through within 5 s, and lets it deny again',
    run: async (cluster) => {
      const turned = async (maxMode: string): Promise<void> => {
        const patch = ['--type', 'merge', '-p', `{"data":{"maxMode":${maxMode}}}`];
        const { code, stderr } = await cluster.kubectl([...SWITCH, ...patch]);
        assert.equal(code, 0, stderr);
      };
      const isDenied = async (): Promise<boolean> =>
        (await cluster.api.post(`${PODS}?dryRun=All`, pod('switched', OF_CILIUM))).status === 403;
      await turned('"audit"');
      await eventually('nothing is denied', async () => !(await isDenied()), SWITCHED_MS);
      stored(await cluster.api.post(PODS, pod('switched', OF_CILIUM)));
      stored(await cluster.api.delete(`${PODS}/switched`));
      await turned('null');
      await eventually('it is denied again', isDenied, SWITCHED_MS);
    },
  },
  {
    name: 'what a controller is denied is an Event on the owner, of whoever applied it',
    run: async (cluster) => {
      const controller = cluster.apiAs(REPLICASET_CONTROLLER);
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d8f', uid: 'a-replica-set' };
      const made = pod('web-5d8f-x', OF_CILIUM);
      const metadata = { ...(made['metadata'] as object), ownerReferences: [{ ...owner, controller: true }] };
      for (let times = 0; times < 2; times += 1)
        denied(await controller.post(PODS, { ...made, metadata }), 'pods', 'reserved-labels');
      controller.close();
      const events = async (): Promise<string> => {
        const args = ['-n', TENANT, 'events', '--for', 'replicaset/web-5d8f', '--no-headers'];
        return (await cluster.kubectl(args)).stdout;
      };
      await eventually('kubectl events shows it', async () => (await events()).includes('ReservedLabels'));
      assert.match(
        await events(),
        /^\S+ +Warning +ReservedLabels +ReplicaSet\/web-5d8f +Pod web-5d8f-x was denied: \[reserved-/,
      );
      assert.equal((await events()).match(/ReservedLabels/g)?.length, 1);
    },
  },
];

const SWITCH = ['-n', 'cilium-bulkhead', 'patch', 'configmap', 'cilium-bulkhead-config'];
const SWITCHED_MS = 5_000;

/** Nothing routes addresses of services here, but a name leads to the machine itself. */
function serviceOf(port: number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cilium-bulkhead', namespace: 'cilium-bulkhead' },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  };
}

function registrationOf({ webhook }: Cluster): string {
  return readFileSync(REGISTRATION, 'utf8').replaceAll('port: 443 }', `port: ${webhook.port} }`);
}
