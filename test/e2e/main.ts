/**
 * `npm run e2e`: the webhook from source against a real etcd, kube-apiserver and kubectl, with the real CRDs of Cilium.
 *
 * Everything listens on 127.0.0.1 and lies in one temporary folder; whatever is started is stopped, whatever happens. What is not
 * in the cache yet is built first, for which Go is needed: without it the steps are skipped, and a line counts them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlPlane } from './cluster/control-plane.ts';
import { Processes } from './cluster/processes.ts';
import { buildForCharts } from './chart-tools.ts';
import { Cluster, type Step } from './context.ts';
import { CONFIG, STEPS } from './steps.ts';
import { CHART_STEPS } from './steps/charts.ts';
import { buildMissing, hasGo, missingTools } from './tools.ts';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';

const MORE = `The programs are built from Go modules the first time (some ten minutes on two cores) and kept in
$XDG_CACHE_HOME/cilium-bulkhead/e2e, else in ~/.cache; later runs take a minute and need no Go.

Exit codes: 0 every step passed or all were skipped for want of Go, 1 a step failed, 2 the command line is wrong,
3 a program could not be built.`;

const NOT_BUILT = 3;

interface Options {
  readonly budget: number;
  readonly buildBudget: number;
  readonly keepLogs?: boolean;
}

const say = (line: string): void => console.log(line);

async function main({ budget, buildBudget, keepLogs }: Options): Promise<void> {
  const missing = missingTools();
  if (missing.length > 0 && !hasGo()) {
    say(`e2e: ${STEPS.length} steps skipped: ${missing.join(', ')} have to be built, and there is no Go`);
    return;
  }
  const interrupted = new AbortController();
  let steps: readonly Step[];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error(signal)));
  try {
    const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(buildBudget * 1000)]);
    if (missing.length > 0) await buildMissing(say, signal);
    steps = [...STEPS, ...(await chartSteps(signal))];
  } catch (error) {
    say(`e2e: ${STEPS.length} steps were not run: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = NOT_BUILT;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'cilium-bulkhead-e2e-'));
  try {
    process.exitCode = (await passes({ folder, budgetS: budget, steps }, interrupted.signal)) ? 0 : 1;
  } finally {
    if (keepLogs === true) say(`logs are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** They need more programs than the others, which go on without them. */
async function chartSteps(signal: AbortSignal): Promise<readonly Step[]> {
  try {
    await buildForCharts(say, signal);
    return CHART_STEPS;
  } catch (error) {
    say(
      `e2e: ${CHART_STEPS.length} steps of the chart skipped: ${error instanceof Error ? error.message : String(error)}`,
    );
    return [];
  }
}

interface Run {
  readonly folder: string;
  readonly budgetS: number;
  readonly steps: readonly Step[];
}

async function passes({ folder, budgetS, steps }: Run, interrupted: AbortSignal): Promise<boolean> {
  const processes = new Processes(folder);
  const spent = AbortSignal.timeout(budgetS * 1000);
  const { promise: over, reject } = Promise.withResolvers<never>();
  interrupted.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  spent.addEventListener('abort', () => reject(new Error(`not done within ${budgetS} s`)), { once: true });
  try {
    await Promise.race([runSteps(folder, processes, steps), over]);
    return true;
  } catch (error) {
    say(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    for (const { name, tail } of processes.running) say(`\n-- the end of the log of ${name}\n${tail}`);
    return false;
  } finally {
    await processes.stopAll();
  }
}

async function runSteps(folder: string, processes: Processes, steps: readonly Step[]): Promise<void> {
  const start = performance.now();
  const controlPlane = new ControlPlane(folder, processes);
  await controlPlane.startEtcd();
  const apiServer = await controlPlane.startApiServer();
  say(`control plane: up after ${seconds(start)} s`);
  const config = join(folder, 'config.yaml');
  writeFileSync(config, CONFIG);
  const cluster = new Cluster({ folder, processes, controlPlane }, config, apiServer);
  for (const [index, step] of steps.entries()) {
    const since = performance.now();
    await step.run(cluster).catch((cause: unknown) => {
      say(`not ok ${index + 1} - ${step.name} (${seconds(since)} s); ${steps.length - index - 1} steps were not run`);
      throw cause;
    });
    say(`ok ${index + 1} - ${step.name} (${seconds(since)} s)`);
  }
  say(`e2e: ${steps.length} steps passed in ${seconds(start)} s`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

if (import.meta.main) {
  const command = program({ script: 'e2e', purpose: 'Runs the webhook on a real API server.', more: MORE })
    .option('--budget <seconds>', 'how long the steps may take', wholeNumberFrom(1), 600)
    .option('--build-budget <seconds>', 'how long building what is missing may take', wholeNumberFrom(1), 2400)
    .option('--keep-logs', 'leave the folder with all logs')
    .action((options: Options) => main(options));
  await runProgram(command);
}
