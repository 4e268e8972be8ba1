/**
 * The command line of the benchmark.
 */
import { parseArgs } from 'node:util';
import { ONE_THOUSAND_PODS, TEN_THOUSAND_PODS, type WorkloadParameters } from './workload/plan.ts';

export interface BenchOptions {
  readonly workload: WorkloadParameters;
  /** How long and how often, in each part. */
  readonly effort: Effort;
  readonly jsonFile?: string;
}

export interface Effort {
  readonly httpRounds: number;
  readonly burstMs: number;
  /** Once, for each server: so long it takes until its code is optimised. */
  readonly warmUpMs: number;
  readonly modelRounds: number;
  readonly startUpRounds: number;
}

const FULL: Effort = { httpRounds: 60, burstMs: 120, warmUpMs: 4_000, modelRounds: 20, startUpRounds: 5 };
const QUICK: Effort = { httpRounds: 6, burstMs: 80, warmUpMs: 500, modelRounds: 5, startUpRounds: 2 };

export const HELP = `npm run bench -- [options]

Measures the webhook on a cluster of 10,000 pods (about 4 minutes on 2 cores).

  --quick       1,000 pods and a few rounds (about 30 seconds): whether it runs, not how fast
  --seed N      another cluster (7)
  --json FILE   write the figures as JSON, too
  --help        this text
`;

/** undefined: the help is asked for. Throws with one sentence about what is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '7' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed must be a whole number (is "${values.seed}")`);
  const workload = { ...(values.quick ? ONE_THOUSAND_PODS : TEN_THOUSAND_PODS), seed };
  const effort = values.quick ? QUICK : FULL;
  return { workload, effort, ...(values.json === undefined ? {} : { jsonFile: values.json }) };
}
