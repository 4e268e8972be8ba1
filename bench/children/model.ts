/**
 * The engine without HTTP: decisions and events on the loaded workload, each held against JSON.parse of a 4.7 kB review.
 *
 * Before and after, the counts that the store keeps up are compared with maps that are made afresh.
 */
import { loadedStore } from './loaded-store.ts';
import { argument } from './argument.ts';
import { recount } from './recount.ts';
import { report } from './reporting.ts';
import { planWorkload, type WorkloadParameters } from '../workload/plan.ts';
import { decisionOperations } from '../model/decisions.ts';
import { podEvents } from '../model/pod-events.ts';
import { longestStretches } from '../model/stretches.ts';
import { measureSideBySide } from '../model/side-by-side.ts';
import { parseOperation } from '../model/parse.ts';

const rounds = Number(argument(1));
const plan = planWorkload(JSON.parse(argument(2)) as WorkloadParameters);
const store = await loadedStore(argument(0));
const unit = parseOperation(plan);
const sample = { wanted: 300, seed: 2 };

recount(store.view(), sample);
const decisions = measureSideBySide({
  table: 'One decision, without HTTP',
  unit,
  operations: decisionOperations(plan, () => store.view()),
  rounds,
  warmUpRounds: 3,
});
const stretches = longestStretches(plan, () => store.view());
const events = measureSideBySide({
  table: 'ClusterStore.apply of one pod event',
  unit,
  operations: podEvents(plan, store),
  rounds,
  warmUpRounds: 3,
});
report({ type: 'model', results: [...decisions, ...stretches, ...events], recount: recount(store.view(), sample) });
