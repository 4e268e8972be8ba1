/** Each run is a Job with two labels of its name, which Kubernetes adds. 75 of them wait for collection at any time. */
import { ownerRef } from '../../../support/churn.ts';
import type { Json } from '../../../support/objects.ts';
import { CONTROLLERS, newNamespace, podOf, templateOf, times, workload } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const CRON_JOB = workload('batch/v1', 'CronJob', 'billing/reconcile', {
  spec: { schedule: '* * * * *', jobTemplate: { spec: { template: templateOf({ app: 'reconcile' }) } } },
});

function labelsOf(run: number): Readonly<Record<string, string>> {
  const [name, uid] = [`reconcile-${29400000 + run}`, `uid-billing/reconcile-${29400000 + run}`];
  return {
    app: 'reconcile',
    'job-name': name,
    'controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
  };
}

function job(run: number): Json {
  return workload('batch/v1', 'Job', `billing/reconcile-${29400000 + run}`, {
    ownerReferences: [ownerRef('CronJob', 'billing/reconcile')],
    spec: { template: templateOf(labelsOf(run)) },
  });
}

function podOfRun(run: number): Json {
  return podOf(
    `billing/reconcile-${29400000 + run}-x2x2x`,
    labelsOf(run),
    ownerRef('Job', `billing/reconcile-${29400000 + run}`),
  );
}

export const story: Story = {
  cluster: [newNamespace('billing'), CRON_JOB],
  gone: times(75, podOfRun),
  steps: times(3, (run) => [
    { put: job(75 + run), by: CONTROLLERS.cronJob },
    { put: podOfRun(75 + run), by: CONTROLLERS.job },
    { pass: { seconds: 60 } },
    { remove: podOfRun(75 + run) },
  ]).flat(),
};
