/**
 * `npm run bench:engine`: the engine on a generated cluster of any size, against its targets.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { builtChildren } from '../built.ts';
import type { EngineRun } from '../children/protocol.ts';
import { clusterObjects } from './cluster-objects.ts';
import { planCluster } from './cluster.ts';
import { measureSize, type Size, type SizeMeasured } from './measurement.ts';
import { HELP, parseEngineOptions, type EngineOptions } from './options.ts';
import { clusterAtScale, LEAST_SCALE } from './parameters.ts';
import { recordList } from './recorded-list.ts';
import { RUNS } from './targets.ts';
import { formatVerdicts, verdictsOf, type Measured } from './verdicts.ts';

async function main(): Promise<number> {
  const options = parseEngineOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'cilium-bulkhead-engine-'));
  try {
    return await run(options, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(options: EngineOptions, folder: string): Promise<number> {
  if (options.profileFolder !== undefined) await mkdir(options.profileFolder, { recursive: true });
  const sizes = await recordedSizes(options, folder);
  const built = await builtChildren(join(folder, 'built'));
  const measured: Measured[] = [];
  for (const version of options.versions) measured.push(await measureVersion(version, sizes, { ...options, built }));
  const targets = verdictsOf(measured, options.groups);
  process.stdout.write(`${formatVerdicts(targets)}\n`);
  for (const { version, missing } of measured) {
    for (const reason of missing) process.stdout.write(`${version}: not measured: ${reason}\n`);
  }
  const largest = sizes.at(-1);
  const { parameters: workload, list } = largest ?? { parameters: undefined, list: undefined };
  if (options.jsonFile !== undefined) {
    const environment = { node: process.version, cpus: availableParallelism() };
    const document = { workload, sha256: list?.sha256, targets, environment, figures: figuresOf(measured) };
    await writeFile(options.jsonFile, `${JSON.stringify(document, undefined, 2)}\n`);
  }
  return measured.some(hasDifference) ? 1 : 0;
}

/** Smallest first. Growth wants a tenth and a hundredth of the cluster, too. */
async function recordedSizes({ scale, seed, groups }: EngineOptions, folder: string): Promise<readonly Size[]> {
  const scales = groups.includes('T9') ? [scale / 100, scale / 10, scale] : [scale];
  const sizes: Size[] = [];
  for (const each of scales.filter((some) => some >= LEAST_SCALE)) {
    const parameters = clusterAtScale(each, seed);
    const list = await recordList(clusterObjects(planCluster(parameters)), join(folder, String(each)));
    sizes.push({ scale: each, parameters, list });
    process.stdout.write(`workload ${JSON.stringify(parameters)}\n`);
    process.stdout.write(`${list.objects} objects, ${list.bytes} bytes, sha256 ${list.sha256}\n`);
  }
  return sizes;
}

type Measuring = EngineOptions & { readonly built: string };

async function measureVersion(version: string, sizes: readonly Size[], options: Measuring): Promise<Measured> {
  const measured: SizeMeasured[] = [];
  for (const size of sizes) {
    const runs = runsAt(size === sizes.at(-1), options);
    measured.push(await measureSize(size, { ...options, version, runs, progress }));
  }
  return { version, sizes: measured, missing: measured.flatMap(({ missing }) => missing) };
}

function runsAt(isLargest: boolean, { groups }: EngineOptions): ReadonlySet<EngineRun | 'parse'> {
  return new Set((isLargest ? groups : groups.filter((group) => group === 'T9')).flatMap((group) => RUNS[group]));
}

/** A figure of a wrong answer is no figure. */
function hasDifference({ version, sizes }: Measured): boolean {
  const { classes = 0, different = 0 } = sizes.at(-1)?.runs.get('classes') ?? {};
  if (classes > 0) {
    process.stdout.write(`${version}: ${different} of ${classes} counts differ from a count from nothing\n`);
  }
  return different > 0;
}

function figuresOf(measured: readonly Measured[]): readonly object[] {
  return measured.flatMap(({ version, sizes }) =>
    sizes.map(({ scale, runs }) => ({ version, scale, runs: Object.fromEntries(runs) })),
  );
}

function progress(text: string): void {
  process.stderr.write(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  ${text}\n`);
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
