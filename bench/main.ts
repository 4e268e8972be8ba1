/**
 * `npm run bench`: what a review costs, against servers that do nothing; what an event, a decision and a start cost, against
 * JSON.parse. All in one run, in turns, because only ratios of one run mean something.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './children/child.ts';
import type { Recount } from './children/recount.ts';
import { ensureCertificateFolder } from '../src/server/tls/certificate-folder.ts';
import { compareServers, warmUp } from './http/comparison.ts';
import { startServers, type Server } from './http/servers.ts';
import { measureStartUp } from './model/start-up.ts';
import { HELP, parseOptions, type BenchOptions, type Effort } from './options.ts';
import { formatTables, type Result } from './results.ts';
import { writeWorkload, type WorkloadFile } from './workload/file.ts';
import { planWorkload, type WorkloadPlan } from './workload/plan.ts';
import { podReviews } from './workload/reviews.ts';

const BODIES = [
  { name: '4 kB', bytes: 4_000 },
  { name: '20 kB', bytes: 20_000 },
] as const;
const LOADS = [
  { name: '1 connection', connections: 1, perSecond: Infinity },
  { name: '16 connections', connections: 16, perSecond: Infinity },
  { name: '1,000 requests per second', connections: 16, perSecond: 1_000 },
] as const;
const WARM_UP = { connections: 16, perSecond: Infinity };
const REVIEWS = 1_000;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'cilium-bulkhead-bench-'));
  try {
    await run(options, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run({ workload, effort, jsonFile }: BenchOptions, folder: string): Promise<void> {
  const plan = planWorkload(workload);
  const written = await writeWorkload(plan, join(folder, 'workload.json'));
  const environment = { node: process.version, cpus: availableParallelism(), loadAverage: loadAverage() };
  print(`node ${environment.node}, ${environment.cpus} CPUs, load average ${environment.loadAverage}`);
  print(`workload ${JSON.stringify(workload)}`);
  print(`${written.objects} objects, ${written.bytes} bytes, sha256 ${written.sha256}\n`);
  const results = [
    ...shown(await measureStartUp(written.file, effort.startUpRounds)),
    ...shown(await measureModel(plan, written, effort)),
    ...shown(await measureTenants(effort)),
    ...(await measureHttp(plan, { file: written.file, folder, effort })),
  ];
  if (jsonFile === undefined) return;
  const { sha256 } = written;
  await writeFile(jsonFile, `${JSON.stringify({ environment, effort, workload, sha256, results }, undefined, 2)}\n`);
}

async function measureModel(
  { parameters }: WorkloadPlan,
  { file }: WorkloadFile,
  effort: Effort,
): Promise<readonly Result[]> {
  const args = [file, String(effort.modelRounds), JSON.stringify(parameters)];
  const child = new Child({ program: 'model.ts', args });
  const { results, recount } = await child.next('model');
  await child.stop();
  confirm(recount, 'after the events');
  return results;
}

async function measureTenants({ modelRounds }: Effort): Promise<readonly Result[]> {
  const child = new Child({ program: 'tenants.ts', args: [String(modelRounds)] });
  const { results } = await child.next('tenants');
  await child.stop();
  return results;
}

interface HttpPart {
  readonly file: string;
  readonly folder: string;
  readonly effort: Effort;
}

async function measureHttp(plan: WorkloadPlan, { file, folder, effort }: HttpPart): Promise<readonly Result[]> {
  const made = await ensureCertificateFolder({ folder: join(folder, 'certs'), now: new Date() });
  if (!made.ok) throw new Error(`${made.error.file}: ${made.error.reason}`);
  const servers = await startServers({ certificates: join(folder, 'certs'), ca: made.value.ca, workload: file });
  try {
    const results = await compareAll(plan, servers, effort);
    for (const { name, child } of servers) {
      if (name === 'webhook') confirm((await child.ask({ type: 'verify' }, 'verified')).recount, 'in the webhook');
    }
    return results;
  } finally {
    await Promise.all(servers.map(({ child }) => child.stop()));
  }
}

async function compareAll(plan: WorkloadPlan, servers: readonly Server[], effort: Effort): Promise<readonly Result[]> {
  const results: Result[] = [];
  const { httpRounds: rounds, burstMs, warmUpMs } = effort;
  for (const [index, body] of BODIES.entries()) {
    const reviews = podReviews(plan, { count: REVIEWS, bytes: body.bytes });
    if (index === 0) await warmUp({ servers, reviews, ...WARM_UP }, warmUpMs);
    for (const { name, connections, perSecond } of LOADS) {
      const title = `One Pod review of ${body.name}, ${name}`;
      const load = { servers, reviews, connections, perSecond };
      results.push(...shown(await compareServers({ ...load, rounds, burstMs, title })));
    }
  }
  return results;
}

/** A figure of a wrong answer is no figure. */
function confirm({ classes, different }: Recount, when: string): void {
  if (different > 0) throw new Error(`${different} of ${classes} class counts ${when} differ from a fresh count`);
  print(`${classes} class counts ${when} equal a fresh count\n`);
}

function shown(results: readonly Result[]): readonly Result[] {
  print(`${formatTables(results)}\n`);
  return results;
}

/** Of the minute before: what else the machine is busy with. */
function loadAverage(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
