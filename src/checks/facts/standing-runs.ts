/**
 * How many identities the runs of a CronJob keep there at any time.
 *
 * Each run is a Job with labels of its own, which its controller gives its pods. Where the label filter keeps one of these, each
 * run is an identity, which stays until it is collected: as many stand as runs fall into that time. A run that takes longer than
 * the next one is away, and one that is skipped, are not foreseen: it is an estimate.
 * One whose schedule is too long to be read is counted as if it ran at every minute: an upper bound.
 * One that is suspended is looked at as if it ran: nobody is asked when it is resumed.
 * Cost: one identity, and the days of four years.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import type { ClusterObject, Workload } from '../../cilium/objects.ts';
import { mostRunsWithin } from '../../cluster/cron-runs.ts';
import { parseCronSchedule } from '../../cluster/cron-schedule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { givesLabel, podShapeOf } from '../../cluster/workload-shape.ts';
import type { ChangeContext } from '../context.ts';
import type { StandingRuns } from './findings/identity-churn.ts';
import { isPodLabel } from './pod-label.ts';

const MINUTE_MS = 60_000;

/** Of the CronJob that is created or updated. */
export function runsOfChange({ submission: { change }, current }: ChangeContext): StandingRuns | undefined {
  return 'after' in change ? standingRuns(change.after, current) : undefined;
}

/** undefined: no CronJob, or one whose runs do not add up. */
export function standingRuns(object: ClusterObject, view: ClusterView): StandingRuns | undefined {
  if (object.kind !== 'CronJob' || object.cron === undefined) return undefined;
  const schedule = parseCronSchedule(object.cron.schedule);
  if (schedule === undefined) return undefined;
  const labels = labelsOfRuns(object, view);
  if (labels.length === 0) return undefined;
  const runs = mostRunsWithin(schedule, view.usage.collectionWindowMs);
  const isManaged = view.settings.config.identityManagementMode !== 'agent';
  // An operator that manages identities keeps those of finished pods as long as their Jobs are kept (recorded of 1.20.2).
  const identities = Math.max(runs, isManaged ? object.cron.history : 0);
  if (identities < 2) return undefined;
  return {
    identities,
    certainty: schedule.kind === 'unread' ? 'upper-bound' : 'estimate',
    minutes: Math.round(view.usage.collectionWindowMs / MINUTE_MS),
    unusedFrom: isManaged ? 'deletion' : 'end',
    labels,
  };
}

function labelsOfRuns(cronJob: Workload, view: ClusterView): readonly string[] {
  const identity = view.identityOfShape(podShapeOf(cronJob), cronJob.namespace);
  if (identity.kind !== 'global') return [];
  const own = identity.labels.filter((label) => isPodLabel(label) && givesLabel('CronJob', label.key));
  return own.map(({ key }) => key).sort(compareBytes);
}
