/**
 * CronJobs whose runs keep many identities there, told from their schedules before the first of them runs.
 *
 * The limits are those of label-churn, as if the runs had left their identities already. What tells runs apart comes from the
 * controller alone, so that no author is told: it is the label filter that should leave it out (filter-gap).
 * Cost: see standing-runs.ts; an audit that of each CronJob, with pauses.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { refOf, type Workload } from '../../cilium/objects.ts';
import { subjectOf } from '../../cluster/change.ts';
import { PAUSE, type Answer, type Pause } from '../check.ts';
import type { ChangeContext, StateContext } from '../context.ts';
import type { StandingRuns } from '../facts/findings/identity-churn.ts';
import { mintingOf } from '../facts/minting.ts';
import { runsOfChange, standingRuns } from '../facts/standing-runs.ts';
import { gapIn } from './filter-gap.ts';

/** Of a CronJob that is submitted. */
export function* runsChurn(context: ChangeContext): Iterable<Answer> {
  const { current, settings, submission } = context;
  const runs = context.fact(runsOfChange);
  const minting = context.fact(mintingOf);
  if (runs === undefined || minting.kind !== 'minted') return;
  const { unused, ratio } = settings.labelChurn;
  if (runs.identities < Math.max(unused, ratio * current.usage.ofNamespace(minting.namespace).inUse)) return;
  yield* gapIn(current, runs.labels, { subject: subjectOf(submission.change), details: { from: 'controller', runs } });
}

/** CronJobs whose runs differ in the same labels. */
interface Alike extends Pick<StandingRuns, 'labels' | 'minutes' | 'unusedFrom'> {
  identities: number;
  /** An estimate as soon as one of them is. */
  certainty: StandingRuns['certainty'];
  cronJobs: number;
  /** The one with the most. */
  largest: { readonly cronJob: Workload; readonly runs: StandingRuns };
}

/** In an audit: all together. */
export function* standingRunsChurn(context: StateContext): Iterable<Answer> {
  const { view, settings } = context;
  for (const { labels, cronJobs, largest, ...runs } of yield* alikeIn(context)) {
    if (runs.identities < settings.labelChurn.unused) continue;
    const details = { from: 'controller', runs, cronJobs } as const;
    yield* gapIn(view, labels, { subject: refOf(largest.cronJob), details });
  }
}

const CRON_JOBS_PER_PAUSE = 4;

function* alikeIn({ view }: StateContext): Generator<Pause, readonly Alike[]> {
  const groups = new Map<string, Alike>();
  let seen = 0;
  for (const cronJob of view.workloads()) {
    if (cronJob.cron === undefined || cronJob.cron.suspended) continue;
    if (++seen % CRON_JOBS_PER_PAUSE === 0) yield PAUSE;
    const runs = standingRuns(cronJob, view);
    if (runs !== undefined) add(groups, cronJob, runs);
  }
  return [...groups.values()];
}

function add(groups: Map<string, Alike>, cronJob: Workload, runs: StandingRuns): void {
  const { labels, identities, certainty } = runs;
  const group = getOrMake(groups, labels.join(' '), () => ({
    ...runs,
    identities: 0,
    cronJobs: 0,
    largest: { cronJob, runs },
  }));
  group.identities += identities;
  if (certainty === 'estimate') group.certainty = certainty;
  group.cronJobs += 1;
  if (identities > group.largest.runs.identities) group.largest = { cronJob, runs };
}
