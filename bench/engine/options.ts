/**
 * The command line of the engine's benchmark.
 */
import { parseArgs } from 'node:util';
import { parseVersion, profileOf } from '../../src/cilium/profile.ts';
import { LEAST_SCALE } from './parameters.ts';
import { TARGET_GROUPS, TARGETS, type TargetGroup } from './targets.ts';

export interface EngineOptions {
  readonly seed: number;
  readonly scale: number;
  readonly versions: readonly string[];
  readonly groups: readonly TargetGroup[];
  /** For one measurement. */
  readonly limitMinutes: number;
  /** Where CPU profiles are written; absent: none are made. */
  readonly profileFolder?: string;
  readonly jsonFile?: string;
}

const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'] as const;

export const HELP = `npm run bench:engine -- [options]

Measures the engine without HTTP on a generated cluster, for each version of Cilium, and holds it against its targets:
${TARGETS.map(({ id, name, limit, unit }) => `  ${id.padEnd(14)} ${name}: ${Number(limit.toFixed(2))} ${unit}`).join('\n')}
P is the time of JSON.parse of a 4.7 kB Pod review in the same run. Scale 1 is the reference cluster: 65,000 identities, 200,000
pods, 10,000 namespaces, 10,000 policies with denies, ranges of ports and prefixes, 25,000 selectors (1 GB of JSON in the
temporary folder, 15 minutes or more). T9 measures a hundredth and a tenth of it as well, in clusters of one shape.
Counts of 200 policy classes and of some what-ifs are compared with counts from nothing: a difference fails the run.

  --scale S         a share of the reference cluster (1); 0.01 takes less than a minute
  --seed N          another cluster (7)
  --versions A,B    of Cilium (${VERSIONS.join(',')})
  --targets A,B     of ${TARGET_GROUPS.join(',')} (all)
  --minutes N       what takes longer is said to be not measured (10)
  --profile FOLDER  write a CPU profile of each measurement; the figures suffer by it
  --json FILE       write {workload, sha256, targets: [{id, version, value, limit, pass}]}, too
  --help            this text

Exit code: 0 all measured (whether or not within limits), 1 a count was wrong, 2 it could not be run.
`;

/** undefined: the help is asked for. Throws with one sentence about what is wrong. */
export function parseEngineOptions(args: readonly string[]): EngineOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: '7' },
      versions: { type: 'string', default: VERSIONS.join() },
      targets: { type: 'string', default: TARGET_GROUPS.join() },
      minutes: { type: 'string', default: '10' },
      profile: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    seed: wholeNumber('--seed', values.seed),
    scale: scaleOf(values.scale),
    versions: listOf(values.versions).map(versionOf),
    groups: listOf(values.targets).map(groupOf),
    limitMinutes: wholeNumber('--minutes', values.minutes),
    ...(values.profile === undefined ? {} : { profileFolder: values.profile }),
    ...(values.json === undefined ? {} : { jsonFile: values.json }),
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${option} must be a whole number (is "${text}")`);
  return number;
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (scale >= LEAST_SCALE && scale <= 1) return scale;
  throw new Error(`--scale must be a number from ${LEAST_SCALE} to 1 (is "${text}")`);
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

function versionOf(text: string): string {
  const version = parseVersion(text);
  if (version.ok && profileOf(version.value).ok) return text;
  throw new Error(`--versions must be versions of Cilium that are modelled (is "${text}")`);
}

function groupOf(text: string): TargetGroup {
  const group = TARGET_GROUPS.find((each) => each === text);
  if (group === undefined) throw new Error(`--targets knows ${TARGET_GROUPS.join(', ')} (is "${text}")`);
  return group;
}
