/**
 * CronJobs and Jobs, with the labels that the Job controller adds to their pods.
 *
 * Cilium's label filter keeps `job-name`, so every run is an identity of its own.
 */
import type { Batch, RunState } from './description.ts';
import {
  ownerOf,
  podOf,
  shapeOf,
  templateField,
  templateOf,
  withLabels,
  type KubeObject,
  type Template,
} from './pods.ts';
import { objectOf, type Population } from './population.ts';
import { hashed, suffixOf, uidOf } from './seed.ts';

export function batchOf(namespace: string, described: Batch): Population {
  const template = templateOf(namespace, described.name, described);
  const cronJob = described.kind === 'CronJob' ? cronJobOf(namespace, described, template) : undefined;
  const runs = described.runs.map((state, index) => {
    const name = cronJob === undefined ? described.name : `${described.name}-${runNumber(namespace, described, index)}`;
    return runOf({ namespace, name, state }, template, cronJob);
  });
  return {
    workloads: [...(cronJob === undefined ? [] : [cronJob]), ...runs.flatMap((run) => run.workloads)],
    pods: runs.flatMap((run) => run.pods),
    former: runs.flatMap((run) => run.former),
  };
}

function cronJobOf(namespace: string, described: Batch, template: Template): KubeObject {
  const jobTemplate = { spec: { template: templateField(template) } };
  const spec = { schedule: described.schedule, concurrencyPolicy: 'Forbid', jobTemplate };
  return objectOf({ apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: described.name }, spec);
}

/** As the CronJob controller names its Jobs: by the minute for which they were scheduled. */
function runNumber(namespace: string, described: Batch, index: number): number {
  return 29_391_000 + hashed(`run/${namespace}/${described.name}`, 400) + index * 15;
}

interface Run {
  readonly namespace: string;
  readonly name: string;
  readonly state: RunState;
}

function runOf({ namespace, name, state }: Run, template: Template, cronJob: KubeObject | undefined): Population {
  const uid = uidOf(`Job/${namespace}/${name}`);
  const runTemplate = withLabels(template, {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  });
  if (state === 'forgotten') return { workloads: [], pods: [], former: [shapeOf(runTemplate)] };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const job = objectOf(
    { apiVersion: 'batch/v1', kind: 'Job', namespace, name },
    { parallelism: 1, completions: 1, selector, template: templateField(runTemplate) },
    cronJob === undefined ? {} : { ownerReferences: [ownerOf(cronJob)] },
  );
  const pod = podOf(runTemplate, {
    namespace,
    name: `${name}-${suffixOf(`${namespace}/${name}`, 5)}`,
    owner: ownerOf(job),
    phase: state === 'finished' ? 'Succeeded' : 'Running',
  });
  // The identity of a finished run outlives its endpoint.
  return { workloads: [job], pods: [pod], former: pod.holdsIdentity ? [] : [pod.shape] };
}
