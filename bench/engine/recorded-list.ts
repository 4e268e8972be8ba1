/**
 * A cluster as lists that were recorded page by page, one file each, and the checksum of them all.
 *
 * Cost: one page in memory at a time.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../workload/json.ts';

export interface RecordedList {
  readonly folder: string;
  readonly bytes: number;
  readonly objects: number;
  /** Of the files, one after the other. */
  readonly sha256: string;
}

const OBJECTS_PER_PAGE = 500;

export async function recordList(objects: Iterable<Json>, folder: string): Promise<RecordedList> {
  await mkdir(folder, { recursive: true });
  const hash = createHash('sha256');
  let [bytes, count, pages] = [0, 0, 0];
  for (const page of pagesOf(objects)) {
    const text = Buffer.from(`{"apiVersion":"v1","kind":"List","items":[\n${page.join(',\n')}\n]}\n`);
    hash.update(text);
    await writeFile(join(folder, `page-${String(pages).padStart(5, '0')}.json`), text);
    pages += 1;
    count += page.length;
    bytes += text.length;
  }
  return { folder, bytes, objects: count, sha256: hash.digest('hex') };
}

function* pagesOf(objects: Iterable<Json>): Iterable<readonly string[]> {
  let page: string[] = [];
  for (const object of objects) {
    page.push(JSON.stringify(object));
    if (page.length < OBJECTS_PER_PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
