/**
 * The workload as a file, the way `kubectl get -o json` writes one, and its checksum.
 *
 * Cost: one object in memory at a time.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { workloadObjects, type WorkloadPlan } from './plan.ts';

export interface WorkloadFile {
  readonly file: string;
  readonly bytes: number;
  readonly objects: number;
  /** Of the file. */
  readonly sha256: string;
}

const CHUNK_LENGTH = 1024 * 1024;

export async function writeWorkload(plan: WorkloadPlan, file: string): Promise<WorkloadFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  let objects = 0;
  await using handle = await open(file, 'w');
  const write = async (text: string): Promise<void> => {
    hash.update(text);
    bytes += (await handle.write(text)).bytesWritten;
  };
  let pending = '{"apiVersion":"v1","kind":"List","items":[';
  for (const object of workloadObjects(plan)) {
    pending += `${objects === 0 ? '' : ','}\n${JSON.stringify(object)}`;
    objects += 1;
    if (pending.length < CHUNK_LENGTH) continue;
    await write(pending);
    pending = '';
  }
  await write(`${pending}\n]}\n`);
  return { file, bytes, objects, sha256: hash.digest('hex') };
}
