/**
 * What is measured in a process that has loaded a cluster, and what of it counts.
 */
import { performance } from 'node:perf_hooks';
import type { NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import { rulesOf } from '../../src/cilium/policy/rule.ts';
import { subjectOf, type Change } from '../../src/cluster/change.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { creationOf } from '../children/creation.ts';
import { plainRecount, type PlainRecount } from '../children/plain-recount.ts';
import type { EngineFigures } from '../children/protocol.ts';
import { deciding } from '../model/decisions.ts';
import { parseOperation } from '../model/parse.ts';
import type { Question } from '../model/questions.ts';
import { measureSideBySide, type Operation } from '../model/side-by-side.ts';
import { stretchesMs } from '../model/stretches.ts';
import type { Result } from '../results.ts';
import { quantile } from '../statistics.ts';
import { seededRandom } from '../workload/random.ts';
import type { ClusterPlan } from './cluster.ts';
import {
  clusterwideQuestions,
  KNOWN_IDENTITY,
  NEW_IDENTITY,
  podQuestions,
  POLICY,
  policyQuestion,
} from './questions.ts';

/** How long, at most, a run goes on once it has the least that it needs. */
const LIMIT_MS = 20_000;
const ROUNDS = 20;
/** So many that the code is compiled as in a webhook that serves: thousands of each. */
const WARM_UP_ROUNDS = 60;
const TIMES = 3;
/** What the collector and other processes take is told from a slice by the second time. */
const LEAST_TIMES = 2;

export function measurePods(plan: ClusterPlan, store: ClusterStore): EngineFigures {
  const results = sideBySide(plan, store, podQuestions(plan));
  return {
    known: figure(results, KNOWN_IDENTITY, 'p50 : parse'),
    new: figure(results, NEW_IDENTITY, 'p50 : parse'),
    'known p99': figure(results, KNOWN_IDENTITY, 'p99 : parse'),
    'new p99': figure(results, NEW_IDENTITY, 'p99 : parse'),
  };
}

export function measurePolicies(plan: ClusterPlan, store: ClusterStore): EngineFigures {
  const results = sideBySide(plan, store, [policyQuestion(plan)]);
  return { p50: figure(results, POLICY, 'p50 : parse'), p99: figure(results, POLICY, 'p99 : parse') };
}

function sideBySide(plan: ClusterPlan, store: ClusterStore, questions: readonly Question[]): readonly Result[] {
  const operations = questions.map((question) => deciding(question, () => store.view()));
  const unit = parseOperation(plan);
  const [rounds, warmUpRounds] = [ROUNDS, WARM_UP_ROUNDS];
  return measureSideBySide({ table: 'engine', unit, operations, rounds, warmUpRounds, limitMs: LIMIT_MS });
}

function figure(results: readonly Result[], row: string, column: string): number {
  const result = results.find((each) => each.row === row && each.column === column);
  if (result === undefined) throw new Error(`nothing was measured as ${row}, ${column}`);
  return result.value;
}

/**
 * The slowest decision on a policy for everybody, and the longest stretch between two of its pauses. Each question is asked a few
 * times: a stretch counts as at its fastest, a decision as at its slowest.
 */
export function measureClusterwide(plan: ClusterPlan, store: ClusterStore): EngineFigures {
  const parse = parseUs(parseOperation(plan));
  const figures = clusterwideQuestions().map((question) => clusterwideFigures(question, store.view()));
  const perParse = (ms: number): number => (ms * 1_000) / parse;
  return {
    worst: perParse(Math.max(...figures.map(({ worstMs }) => worstMs))),
    slice: perParse(Math.max(...figures.map(({ sliceMs }) => sliceMs))),
    'parse us': parse,
  };
}

function clusterwideFigures({ name, object }: Question, view: ClusterView): { worstMs: number; sliceMs: number } {
  const end = performance.now() + LIMIT_MS;
  const submission = creationOf(object(0));
  let fastest: readonly number[] | undefined;
  let worstMs = 0;
  for (let time = 0; time < TIMES && (time < LEAST_TIMES || performance.now() < end); time += 1) {
    const stretches = stretchesMs(view, submission);
    fastest = fastest?.map((best, index) => Math.min(best, stretches[index] ?? best)) ?? stretches;
    worstMs = Math.max(
      worstMs,
      stretches.reduce((sum, each) => sum + each, 0),
    );
  }
  const sliceMs = Math.max(...(fastest ?? [0]));
  process.stderr.write(`    ${name}: ${worstMs.toFixed(0)} ms, longest slice ${sliceMs.toFixed(1)} ms\n`);
  return { worstMs, sliceMs };
}

function parseUs({ perRound, prepare }: Operation): number {
  const times = Array.from({ length: 5 * perRound }, () => {
    const run = prepare();
    const start = performance.now();
    run();
    return (performance.now() - start) * 1_000;
  });
  return quantile(times, 0.5);
}

const SAMPLED_CLASSES = 200;
const SAMPLED_CLASSES_AFTER = 20;
const SAMPLED_POLICIES = 5;
/** No map can hold more. */
const MOST_ENTRIES = 65_536;

/** Identities that a policy selects. */
function selectedBy(view: ClusterView, change: Change): readonly NumericIdentity[] {
  const rules = rulesOf(view.policy(subjectOf(change)));
  return [...new Set(rules.flatMap((rule) => [...view.subjects(rule)]))];
}

/** Counts of the cluster as it is, and as it would be after some of the policies that were asked for. */
export function checkClasses(plan: ClusterPlan, store: ClusterStore): EngineFigures {
  const random = seededRandom(plan.parameters.seed + 4);
  const view = store.view();
  const recounts: PlainRecount[] = [
    plainRecount(view, { identities: [...view.identities()], wanted: SAMPLED_CLASSES, random }),
  ];
  const policy = policyQuestion(plan);
  const asked = [...Array.from({ length: SAMPLED_POLICIES }, () => policy), ...clusterwideQuestions()];
  for (const [serial, { object }] of asked.entries()) {
    const { change } = creationOf(object(serial));
    const after = view.after(change);
    const identities = selectedBy(after, change);
    recounts.push(plainRecount(after, { identities, wanted: SAMPLED_CLASSES_AFTER, random }));
  }
  return figuresOf(recounts);
}

function figuresOf(recounts: readonly PlainRecount[]): EngineFigures {
  const sum = (of: (recount: PlainRecount) => number): number => recounts.reduce((all, each) => all + of(each), 0);
  const mostEntries = Math.max(...recounts.map((recount) => recount.mostEntries));
  if (mostEntries > MOST_ENTRIES) throw new Error(`a policy map of the workload has ${mostEntries} entries`);
  return { classes: sum(({ classes }) => classes), different: sum(({ different }) => different), mostEntries };
}
