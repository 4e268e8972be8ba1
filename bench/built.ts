/**
 * The program and what measures it, built as the image has them: types that are stripped while it starts take some 30 MiB that
 * nobody has who runs the image.
 */
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Where tsconfig.bench.json has it. */
const BUILT = join(ROOT, 'node_modules/.cache/bench');

/** The folder of the children, built. */
export async function builtChildren(): Promise<string> {
  await mkdir(BUILT, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(BUILT, 'package.json'));
  await cp(join(ROOT, 'schemas'), join(BUILT, 'schemas'), { recursive: true });
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.bench.json')]);
  return join(BUILT, 'bench/children');
}
