/**
 * Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob -> cilium/objects Workload.
 *
 * The labels that a controller adds to its pods (`pod-template-hash`, `job-name`, ...) are not in the template; the model
 * predicts them.
 */
import type { BuiltInWorkloadKind, CronRuns, Workload } from '../../cilium/objects.ts';
import { agentImages } from './agent-facts.ts';
import { controllerOf, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';
import { templateShape } from './pod-shape.ts';
import { selectorAt } from './selector.ts';

export function decodeWorkload(kind: BuiltInWorkloadKind): (root: JsonNode) => Workload {
  return (root) => {
    const spec = root.field('spec').required();
    const template = templateOf(kind, spec);
    const owner = controllerOf(root);
    return {
      kind,
      ...namespaced(root),
      template: templateShape(template),
      replicas: replicasOf(kind, spec),
      selectorKeys: selectorKeys(spec),
      images: agentImages(template),
      ...(owner === undefined ? {} : { owner }),
      ...(kind === 'CronJob' ? { cron: cronRuns(spec) } : {}),
    };
  };
}

function templateOf(kind: BuiltInWorkloadKind, spec: JsonNode): JsonNode {
  if (kind !== 'CronJob') return spec.field('template');
  return spec.field('jobTemplate').required().field('spec').required().field('template');
}

const SUCCESSFUL_JOBS_KEPT = 3;
const FAILED_JOBS_KEPT = 1;

function cronRuns(spec: JsonNode): CronRuns {
  const successful = spec.field('successfulJobsHistoryLimit').asInt32() ?? SUCCESSFUL_JOBS_KEPT;
  const failed = spec.field('failedJobsHistoryLimit').asInt32() ?? FAILED_JOBS_KEPT;
  return {
    schedule: spec.field('schedule').asString() ?? '',
    suspended: spec.field('suspend').asBoolean() ?? false,
    history: Math.max(0, successful) + Math.max(0, failed),
  };
}

function replicasOf(kind: BuiltInWorkloadKind, spec: JsonNode): number {
  switch (kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return spec.field('replicas').asInt32() ?? 1;
    case 'Job':
      return spec.field('parallelism').asInt32() ?? 1;
    case 'DaemonSet':
    case 'CronJob':
      return 1;
  }
}

/** NotIn and DoesNotExist hold without the label too. */
export function selectorKeys(spec: JsonNode): readonly string[] {
  const { matchLabels, matchExpressions } = selectorAt(spec.field('selector'));
  const required = matchExpressions.filter(({ operator }) => operator === 'In' || operator === 'Exists');
  return [...matchLabels.keys(), ...required.map(({ key }) => key)];
}
