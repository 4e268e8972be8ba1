/**
 * The engine on a recorded cluster, in a process of its own: does what it is asked to measure, one after the other.
 */
import { parseVersion, type CiliumVersion } from '../../src/cilium/profile.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { coldStart } from '../engine/cold-start.ts';
import { planCluster, type ClusterPlan } from '../engine/cluster.ts';
import { checkClasses, measureClusterwide, measurePods, measurePolicies } from '../engine/engine-runs.ts';
import type { ClusterParameters } from '../engine/parameters.ts';
import { argument } from './argument.ts';
import type { EngineFigures, EngineRun, Question } from './protocol.ts';
import { profiled } from './profile.ts';
import { report } from './reporting.ts';

const MEASURES: Readonly<
  Record<Exclude<EngineRun, 'load'>, (plan: ClusterPlan, store: ClusterStore) => EngineFigures>
> = {
  pods: measurePods,
  policies: measurePolicies,
  clusterwide: measureClusterwide,
  classes: checkClasses,
};

const version = versionOf(argument(2));
/** Empty: nothing is profiled. */
const profileFolder = argument(3);
let store: ClusterStore | undefined;
let plan: ClusterPlan | undefined;

process.on('message', (question: Question) => {
  if (question.type === 'measure') void answer(question.run);
});
process.on('disconnect', () => process.exit());

async function answer(run: EngineRun): Promise<void> {
  const work = async (): Promise<EngineFigures> => (run === 'load' ? await load() : measured(run));
  const file = `${profileFolder}/${argument(2)}-${run}.cpuprofile`;
  report({ type: 'measured', figures: profileFolder === '' ? await work() : await profiled(file, work) });
}

async function load(): Promise<EngineFigures> {
  const start = await coldStart(argument(0), version);
  store = start.store;
  return start.figures;
}

function measured(run: Exclude<EngineRun, 'load'>): EngineFigures {
  if (store === undefined) throw new Error('nothing is loaded');
  plan ??= planCluster(JSON.parse(argument(1)) as ClusterParameters);
  return MEASURES[run](plan, store);
}

function versionOf(text: string): CiliumVersion {
  const parsed = parseVersion(text);
  if (parsed.ok) return parsed.value;
  throw new Error(`no version of Cilium: ${text}`);
}
