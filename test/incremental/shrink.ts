/**
 * A run that fails -> fewer steps that still fail.
 *
 * Leaves out ever smaller stretches of steps, from the end on: what is left fails, and hardly any step of it can be spared. Ends,
 * since each try either makes the run smaller or the stretch.
 * Cost: at most `tries` runs.
 */
import { Budget } from '../../src/cilium/budget.ts';
import { run, type Failure, type Run } from './run.ts';
import type { Step } from './steps.ts';

const TRIES = 1_000;

export interface Shrunk {
  readonly steps: readonly Step[];
  readonly failure: Failure;
}

/** `failure`: of the run as it is. */
export function shrink(failing: Run, failure: Failure, tries = TRIES): Shrunk {
  const budget = new Budget(tries);
  let shrunk: Shrunk = { steps: failing.steps.slice(0, failure.after), failure };
  let stretch = shrunk.steps.length >> 1;
  while (stretch > 0) {
    const smaller = withoutStretches(failing, shrunk, stretch, budget);
    if (smaller.steps.length === shrunk.steps.length) stretch >>= 1;
    else stretch = Math.min(stretch, smaller.steps.length >> 1);
    shrunk = smaller;
  }
  return shrunk;
}

function withoutStretches(failing: Run, from: Shrunk, stretch: number, budget: Budget): Shrunk {
  let shrunk = from;
  for (let end = from.steps.length; end > 0; end -= stretch) {
    if (!budget.spend()) return shrunk;
    const { steps } = shrunk;
    const kept = [...steps.slice(0, Math.max(0, end - stretch)), ...steps.slice(end)];
    // One comparison, at the end: what comes of those in between is a question of its own.
    const { failure } = run({ ...failing, steps: kept, every: Infinity });
    if (failure !== undefined) shrunk = { steps: kept.slice(0, failure.after), failure };
  }
  return shrunk;
}
