/**
 * A run that fails, for who has to mend it: what differs, after the fewest steps that were found, and how to see it again.
 */
import { run, type Failure, type Run } from './run.ts';
import { shrink } from './shrink.ts';

const MOST_LINES = 20;

/** undefined: the run fails nowhere. */
export function failureOf(one: Run, cluster: string): string | undefined {
  const { failure } = run(one);
  return failure === undefined ? undefined : failureText(one, cluster, failure);
}

function failureText(one: Run, cluster: string, failure: Failure): string {
  const shrunk = shrink(one, failure);
  const lines = shrunk.failure.difference.split('\n');
  return [
    `the ${cluster} cluster of seed ${one.seed}, Cilium ${one.cilium ?? 'of its agents'}, differs after step ${failure.after}:`,
    ...lines.slice(0, MOST_LINES),
    ...(lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} lines more`] : []),
    `after ${shrunk.steps.length} steps:`,
    ...shrunk.steps.map((step) => `  ${JSON.stringify(step, mapsAsObjects)}`),
    `again: npm run test:incremental -- --cluster ${cluster} --seed ${one.seed} --runs 1`,
  ].join('\n');
}

function mapsAsObjects(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
}
