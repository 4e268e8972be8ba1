/**
 * What is done whose work is counted: decisions on submissions of every sort, and events, each with the cluster ready for the next.
 */
import { refOf, type ClusterObject } from '../../src/cilium/objects.ts';
import { ClusterStore } from '../../src/cluster/store.ts';
import { planCluster, type ClusterPlan } from '../../bench/engine/cluster.ts';
import { clusterObjects } from '../../bench/engine/cluster-objects.ts';
import { clusterAtScale } from '../../bench/engine/parameters.ts';
import { clusterwideQuestions, podQuestions, policyQuestion } from '../../bench/engine/questions.ts';
import { deciding } from '../../bench/model/decisions.ts';
import type { Question } from '../../bench/model/questions.ts';
import { pod } from '../../bench/workload/pods.ts';
import { seededRandom } from '../../bench/workload/random.ts';
import { withNewLabel } from '../../bench/workload/reviews.ts';
import { ciliumIdentity, decoded, version } from '../support/objects.ts';

export interface MeasuredWork {
  readonly name: string;
  /** Makes the next one; what comes back does it. */
  readonly prepare: () => () => void;
}

/** Of each other policy that is asked about: every fiftieth of them names a prefix that nobody has named. */
const PREFIX_EVERY = 50;
/** Above the numbers of all identities. */
const FIRST_FREE = 50_000;

export function loadedCluster(scale: number, seed: number, ciliumVersion: string) {
  const plan = planCluster({ ...clusterAtScale(scale, seed), podBytes: 0 });
  const store = new ClusterStore({ version: version(ciliumVersion) });
  for (const object of clusterObjects(plan)) store.apply({ type: 'upsert', object: decoded(object) });
  return { plan, store };
}

export function measuredWork(plan: ClusterPlan, store: ClusterStore): readonly MeasuredWork[] {
  const policy = policyQuestion(plan);
  const decisions: readonly Question[] = [
    ...podQuestions(plan),
    { ...policy, object: (serial) => policy.object(serial + Math.floor(serial / (PREFIX_EVERY - 1))) },
    {
      ...policy,
      name: `${policy.name} with a new prefix`,
      object: (serial) => policy.object((serial + 1) * PREFIX_EVERY - 1),
    },
    ...clusterwideQuestions(),
  ];
  const policyAfter = deciding(policyQuestion(plan), () => store.view());
  const identities = newIdentities(plan, store);
  return [
    ...decisions.map((question) => deciding(question, () => store.view())),
    { name: 'pod event, known identity', prepare: comingAndGoing(store, knownPods(plan)) },
    { name: 'pod event, new identity', prepare: comingAndGoing(store, newPods(plan)) },
    { name: 'identity event', prepare: comingAndGoing(store, identities) },
    {
      name: `${policy.name} after an identity event`,
      prepare: () => {
        const [event, decide] = [comingAndGoing(store, identities)(), policyAfter.prepare()];
        return () => {
          event();
          decide();
        };
      },
    },
  ];
}

/** Two events: the cluster is left as it was. */
function comingAndGoing(store: ClusterStore, objects: Iterator<ClusterObject>): MeasuredWork['prepare'] {
  return () => {
    const { value: object } = objects.next() as { readonly value: ClusterObject };
    return () => {
      store.apply({ type: 'upsert', object });
      store.view();
      store.apply({ type: 'delete', ref: refOf(object) });
      store.view();
    };
  };
}

function* knownPods({ deployments, parameters }: ClusterPlan): Iterator<ClusterObject> {
  const random = seededRandom(parameters.seed + 5);
  for (let serial = 0; ; serial += 1) yield decoded(pod(random.pick(deployments), `came-${serial}`, 0));
}

function* newPods({ deployments, parameters }: ClusterPlan): Iterator<ClusterObject> {
  const random = seededRandom(parameters.seed + 6);
  for (let serial = 0; ; serial += 1) {
    const name = `new-${serial}`;
    yield decoded(pod(withNewLabel(random.pick(deployments), name), name, 0));
  }
}

/** Labels like those of an identity that is there. */
function* newIdentities({ parameters }: ClusterPlan, store: ClusterStore): Iterator<ClusterObject> {
  const random = seededRandom(parameters.seed + 7);
  const view = store.view();
  const labels = [...view.identities()].map((id) => view.labelsOf(id) ?? []);
  for (let serial = 0; ; serial += 1) {
    const own = random.pick(labels).map(({ source, key, value }) => [`${source}:${key}`, value] as const);
    const securityLabels = { ...Object.fromEntries(own), 'k8s:example.com/release': `came-${serial}` };
    yield decoded(ciliumIdentity(FIRST_FREE + serial, securityLabels));
  }
}
