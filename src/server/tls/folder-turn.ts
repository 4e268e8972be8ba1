/**
 * One process at a time for a piece of work in a folder, by a folder that is made in it: making one is atomic everywhere.
 *
 * A process that died in its turn leaves that folder behind; after STALE_MS it counts no more. Where nothing can be written
 * there is nothing to take turns for.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../../system-error.ts';

const MARK = '.in-use';
const STALE_MS = 10_000;
const RETRY_MS = 20;

export async function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const mark = join(folder, MARK);
  if (!(await takeTurn(mark))) return work();
  try {
    return await work();
  } finally {
    await rm(mark, { recursive: true, force: true });
  }
}

/** False where no mark can be made. Waits at most STALE_MS for each process before it. */
async function takeTurn(mark: string): Promise<boolean> {
  for (;;) {
    try {
      await mkdir(mark);
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') return false;
    }
    if ((await ageMs(mark)) > STALE_MS) await rm(mark, { recursive: true, force: true });
    else await delay(RETRY_MS);
  }
}

async function ageMs(mark: string): Promise<number> {
  try {
    // Clocks of a shared file system differ: a mark of the future is no younger.
    return Math.abs(Date.now() - (await stat(mark)).mtimeMs);
  } catch {
    // It went away just now.
    return 0;
  }
}
