/**
 * The program and what measures it, built as the image has them: types that are stripped while it starts take some 30 MiB that
 * nobody has who runs the image.
 */
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Builds into this folder, which is no other's, and returns that of the children in it. */
export async function builtChildren(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // The compiler writes those that are imported there, too.
  await cp(join(ROOT, 'schemas'), join(folder, 'schemas'), { recursive: true });
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = ['-p', join(ROOT, 'tsconfig.bench.json'), '--outDir', folder];
  await promisify(execFile)(process.execPath, [compiler, ...args]);
  return join(folder, 'bench/children');
}
