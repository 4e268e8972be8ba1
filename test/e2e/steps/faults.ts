/**
 * Faults while 20 requests a second go through the API server, with three replicas behind one address.
 */
import assert from 'node:assert/strict';
import { eventually } from '../cluster/processes.ts';
import type { Cluster, Step } from '../context.ts';
import { Replicas } from '../load/replicas.ts';
import { crdFolder } from '../tools.ts';
import { stored } from './expect.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

let standing: Replicas | undefined;

async function replicasOf(cluster: Cluster): Promise<Replicas> {
  standing ??= await Replicas.start(cluster);
  return standing;
}

export const FAULT_STEPS: readonly Step[] = [
  {
    name: 'one of three replicas is killed: nothing fails but what was on its connections',
    run: async (cluster) => {
      const replicas = await replicasOf(cluster);
      const { tally, broken } = await replicas.under(
        'kill-9',
        async () => replicas.kill(replicas.busiest),
        () => replicas.whole(),
      );
      assert.ok(tally.failed.length <= broken, `${tally.failed.join(', ')}; ${broken} connections`);
      assert.equal(tally.recorded, 0);
    },
  },
  {
    name: 'a rolling restart of three replicas: no request fails',
    run: async (cluster) => {
      const replicas = await replicasOf(cluster);
      const { tally } = await replicas.under(
        'rolling-restart',
        async () => {
          for (const one of replicas.all) await replicas.replace(one);
        },
        () => replicas.whole(),
      );
      assert.deepEqual(tally.failed, []);
      assert.equal(tally.recorded, 0);
    },
  },
  {
    name: 'the CRD of CiliumIdentity is deleted, and comes back: no request fails, and it is watched again',
    run: async (cluster) => {
      const replicas = await replicasOf(cluster);
      const watched = async (): Promise<boolean> => {
        const ages = replicas.all.map((one) => one.sample('watch_age_seconds', { kind: 'CiliumIdentity' }));
        return (await Promise.all(ages)).every((age) => age !== undefined);
      };
      const { tally } = await replicas.under(
        'crd-missing',
        async () => {
          stored(await cluster.api.delete(`${CRDS}/ciliumidentities.cilium.io`));
          await eventually('nobody watches it', async () => !(await watched()));
          await cluster.apply(['-f', crdFolder()]);
        },
        () => eventually('all watch it', watched, 60_000),
      );
      assert.deepEqual(tally.failed, []);
    },
  },
  {
    name: 'one webhook is enough again',
    run: async (cluster) => {
      await (await replicasOf(cluster)).end();
      standing = undefined;
    },
  },
];
