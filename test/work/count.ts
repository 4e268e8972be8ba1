/**
 * Counts the work of decisions and events on small generated clusters, in each version, and prints it as JSON: a program of its own,
 * because counting has to begin before what is counted is loaded.
 */
import { CallCounts } from './call-counts.ts';
import type { MeasuredWork } from './measured-work.ts';
import type { WorkCounts } from './baseline.ts';
import { countsOf, idleCounters, type Counts } from './work-counters.ts';

const SEED = 7;
/** Some 330 identities, 1,000 pods and 60 policies. */
const SCALE = 0.005;
const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'];
/** What the first have to do once for all counts for none. */
const WARM_UP = 3;
const TIMES = 20;

const counts = new CallCounts();
counts.start();
const { loadedCluster, measuredWork } = await import('./measured-work.ts');

function counted({ prepare }: MeasuredWork): Counts {
  for (let time = 0; time < WARM_UP; time += 1) prepare()();
  const prepared = Array.from({ length: TIMES }, prepare);
  counts.take();
  for (const run of prepared) run();
  return countsOf(counts.take(), TIMES);
}

const all: Record<string, Record<string, Counts>> = {};
for (const version of VERSIONS) {
  const { plan, store } = loadedCluster(SCALE, SEED, version);
  all[version] = Object.fromEntries(measuredWork(plan, store).map((work) => [work.name, counted(work)]));
}
const idle = idleCounters(Object.values(all).flatMap((works) => Object.values(works)));
if (idle.length > 0)
  throw new Error(`${idle.join(', ')} count nothing: test/work/work-counters.ts says what is counted`);
process.stdout.write(`${JSON.stringify(all satisfies WorkCounts)}\n`);
