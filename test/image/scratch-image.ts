/**
 * Does what the Dockerfile says, in a folder for each stage: no engine, so that base images are empty, but for Node.
 *
 * Commands run on the Node and the npm of this machine; the last stage runs none. What it says that is not done here throws.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { copied, isIgnored, last, stages, type Stage } from './dockerfile.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Where the base image has it. */
const NODE = 'nodejs/bin/node';

export interface ScratchImage {
  readonly root: string;
  /** In which it starts. */
  readonly workdir: string;
  readonly node: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

export function buildIn(folder: string): ScratchImage {
  const roots = new Map<string, string>();
  let image: ScratchImage | undefined;
  for (const [index, stage] of stages().entries()) {
    const root = join(folder, String(index));
    roots.set(stage.name, root);
    image = builtStage(stage, root, roots);
  }
  if (image === undefined) throw new Error('the Dockerfile has no stage');
  mkdirSync(join(image.root, dirname(NODE)), { recursive: true });
  copyFileSync(process.execPath, image.node);
  return image;
}

function builtStage(stage: Stage, root: string, roots: ReadonlyMap<string, string>): ScratchImage {
  let workdir = root;
  const env: [string, string][] = [];
  for (const { name, argument } of stage.instructions) {
    if (name === 'WORKDIR') mkdirSync((workdir = join(root, argument)), { recursive: true });
    else if (name === 'COPY') copy(argument, workdir, roots);
    else if (name === 'RUN') run(argument.replace(/^--mount=\S+ +/, ''), workdir);
    else if (name === 'ENV') env.push(pair(argument));
    else if (!['LABEL', 'USER', 'EXPOSE', 'CMD'].includes(name)) throw new Error(`${name} is not done here`);
  }
  const [uid = 0, gid = 0] = (last(stage, 'USER') ?? '').split(':').map(Number);
  const command = JSON.parse(last(stage, 'CMD') ?? '[]') as readonly string[];
  return { root, workdir, node: join(root, NODE), user: { uid, gid }, env: Object.fromEntries(env), command };
}

function pair(argument: string): [string, string] {
  const at = argument.indexOf('=');
  return [argument.slice(0, at), argument.slice(at + 1)];
}

/** A folder is copied with what is in it to the target itself, a file into it: Docker's rule. */
function copy(argument: string, workdir: string, roots: ReadonlyMap<string, string>): void {
  const { from, sources, target } = copied(argument);
  const base = from === undefined ? ROOT : roots.get(from);
  if (base === undefined) throw new Error(`there is no stage ${from ?? ''}`);
  for (const source of sources) {
    const isInto = target.endsWith('/');
    const to = join(workdir, target, isInto ? basename(source) : '');
    const isSent = (path: string): boolean => from !== undefined || !isIgnored(relative(ROOT, path));
    cpSync(join(base, source), to, { recursive: true, verbatimSymlinks: true, filter: isSent });
  }
}

function run(command: string, cwd: string): void {
  // Nothing of the script of npm that this may be part of.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { status } = spawnSync('sh', ['-c', command], {
    cwd,
    env: { ...Object.fromEntries(own), PATH },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${command}: exit code ${status ?? 'none'}`);
}
