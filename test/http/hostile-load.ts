/**
 * Sends many hostile requests to a webhook and prints what its memory is after each step.
 *
 *   node test/http/hostile-load.ts [--target=transport|engine] [--requests=100000] [--steps=10] [--seed=7]
 */
import { parseArgs } from 'node:util';
import { REQUESTS, STEP_GROWTH_LIMIT, STEPS, sampleMemory, stepGrowth } from '../support/hostile-memory.ts';
import { openEngine } from './hostile-engine.ts';
import { openTransport } from './hostile-transport.ts';

const MEGABYTE = 1024 * 1024;

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: {
      target: text('transport'),
      requests: text(String(REQUESTS)),
      steps: text(String(STEPS)),
      seed: text('7'),
    },
  });
  const requests = Number(values.requests);
  const samples = await sampleMemory({
    open: values.target === 'engine' ? openEngine : openTransport,
    requests,
    seed: Number(values.seed),
    steps: Number(values.steps),
    onSample: (bytes, sent) => {
      const { rss } = process.memoryUsage();
      process.stderr.write(`${sent} requests: ${megabytes(bytes)} MB reachable, ${megabytes(rss)} MB resident\n`);
    },
  });
  const growth = stepGrowth(samples);
  process.stdout.write(`${JSON.stringify({ requests, samples, growth, limit: STEP_GROWTH_LIMIT })}\n`);
  process.exitCode = growth < STEP_GROWTH_LIMIT ? 0 : 1;
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

await main();
