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
import { MONITORING_NAMESPACE } from '../workload/policies.ts';
import { seededRandom } from '../workload/random.ts';
import { withNewLabel } from '../workload/reviews.ts';
import type { Operation } from './side-by-side.ts';

const PER_ROUND = 200;
/** An event that every policy map gains an entry by takes as long as a thousand others. */
const FAR_REACHING_PER_ROUND = 3;

export function podEvents(plan: WorkloadPlan, store: ClusterStore): readonly Operation[] {
  const random = seededRandom(plan.parameters.seed + 3);
  const ordinary = ordinaryDeployments(plan);
  let serial = 0;
  const monitored = ordinary.filter(({ namespace }) => namespace === MONITORING_NAMESPACE);
  const others = ordinary.filter(({ namespace }) => namespace !== MONITORING_NAMESPACE);
  const known = (): Pod => podOf(random.pick(ordinary), `event-${serial++}`);
  const mintingIn = (deployments: readonly Deployment[]) => (): Pod =>
    podOf(withNewLabel(random.pick(deployments), `event-${serial}`), `event-${serial++}`);
  return [
    ...lifetime({ identity: 'known identity', make: known, perRound: PER_ROUND }, store),
    ...lifetime({ identity: 'new identity', make: mintingIn(others), perRound: PER_ROUND }, store),
    ...lifetime(
      { identity: 'new identity in every map', make: mintingIn(monitored), perRound: FAR_REACHING_PER_ROUND },
      store,
    ),
  ];
}

interface Lifetime {
  readonly identity: string;
  readonly make: () => Pod;
  readonly perRound: number;
}

/** Operations that belong together: each takes up the pods where the former left them, in either order of a round. */
function lifetime({ identity, make, perRound }: Lifetime, store: ClusterStore): readonly Operation[] {
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
      perRound,
      prepare: () => {
        const object = make();
        running.push(object);
        return () => upsert(object);
      },
    },
    {
      name: `update of the phase, ${identity}`,
      perRound,
      prepare: () => {
        const object = running.at(-1) ?? created();
        return () => upsert({ ...object, phase: 'Running', nodeName: 'node-2' });
      },
    },
    {
      name: `delete, ${identity}`,
      perRound,
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
