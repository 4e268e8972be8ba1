/**
 * The files of a certificate folder: made whole or not at all, keys readable by their owner only.
 *
 * Invariant: a file is replaced by a rename, so that nobody reads half of one.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from '../../system-error.ts';
import type { PemPair } from './certificates.ts';
import type { TlsFiles } from './tls-pair.ts';

/**
 * Makes a folder and those above it, one by one: `recursive` of mkdir never comes back where a file system answers ENOENT
 * to every new folder, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  const wanted = [resolve(folder)];
  for (let above = dirname(resolve(folder)); !(await exists(above)); above = dirname(above)) wanted.unshift(above);
  for (const one of wanted) await makeOne(one);
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
  }
}

/** The root always does. */
export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Whoever reads between the two renames sees a pair that does not match, keeps what it has, and reads again. */
export async function replacePair(folder: string, name: 'ca' | 'tls', { cert, key }: PemPair): Promise<void> {
  await replaceFile(join(folder, `${name}.key`), key, 0o600);
  await replaceFile(join(folder, `${name}.crt`), cert, 0o644);
}

async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { mode, flag: 'wx' });
    // The mode given at creation is narrowed by the umask; a renewed certificate has to stay readable.
    await chmod(temporary, mode);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

export function tlsFilesIn(folder: string): TlsFiles {
  return { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
}
