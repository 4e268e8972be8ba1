/**
 * Events of a watch: pods that come, go on, get other labels and go, on a store whose classes are built and counted.
 *
 * A round leaves the store as large as it was: what it created it deletes.
 */
import type { Pod } from '../../src/cilium/objects.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { decoded } from '../workload/decoded.ts';
import { ordinaryDeployments, type WorkloadPlan } from '../workload/plan.ts';
import { pod, type Deployment } from '../workload/pods.ts';
import { seededRandom } from '../workload/random.ts';
import { withNewLabel } from '../workload/reviews.ts';
import type { Operation } from './side-by-side.ts';

const PER_ROUND = 200;

export function podEvents(plan: WorkloadPlan, store: ClusterStore): readonly Operation[] {
  const random = seededRandom(plan.parameters.seed + 3);
  const ordinary = ordinaryDeployments(plan);
  let serial = 0;
  const known = (): Pod => podOf(random.pick(ordinary), `event-${serial++}`);
  const minting = (): Pod => podOf(withNewLabel(random.pick(ordinary), `event-${serial}`), `event-${serial++}`);
  return [...lifetime('known identity', known, store), ...lifetime('new identity', minting, store)];
}

/** Operations that belong together: each takes up the pods where the former left them, in either order of a round. */
function lifetime(identity: string, make: () => Pod, store: ClusterStore): readonly Operation[] {
  const running: Pod[] = [];
  const upsert = (object: Pod): void => void store.apply({ type: 'upsert', object });
  const created = (): Pod => {
    const object = make();
    upsert(object);
    return object;
  };
  return [
    {
      name: `create, ${identity}`,
      perRound: PER_ROUND,
      prepare: () => {
        const object = make();
        running.push(object);
        return () => upsert(object);
      },
    },
    {
      name: `update of the phase, ${identity}`,
      perRound: PER_ROUND,
      prepare: () => {
        const object = running.at(-1) ?? created();
        return () => upsert({ ...object, phase: 'Running', nodeName: 'node-2' });
      },
    },
    {
      name: `delete, ${identity}`,
      perRound: PER_ROUND,
      prepare: () => {
        const { namespace, name } = running.pop() ?? created();
        return () => void store.apply({ type: 'delete', ref: { kind: 'Pod', namespace, name } });
      },
    },
  ];
}

function podOf(deployment: Deployment, name: string): Pod {
  const object = decoded(pod(deployment, name, 0));
  if (object.kind !== 'Pod') throw new Error('a pod decodes to a pod');
  return object;
}
