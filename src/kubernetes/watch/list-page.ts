/**
 * One page of a list -> its objects, and where the next one begins.
 *
 * A page that is too large is asked for again with half as many objects: an object has a limit, a hundred of them have a hundred times
 * that, and all of a page is in memory at once.
 */
import { isObject } from '../decode/node.ts';
import { metadataOf, parsed, versionOf, type ResourceVersion } from './watch-event.ts';

/** More than twice what an API server stores of one object. */
export const MAX_PAGE_BYTES = 8 * 1024 ** 2;
export const LARGEST_PAGE = 100;
const MAX_CONTINUE = 8 * 1024;

export interface ListPage {
  readonly objects: readonly unknown[];
  /** Of the whole list. */
  readonly version: ResourceVersion;
  /** Absent: this was the last. */
  readonly continueAt?: string;
}

/** Undefined where the text is no list. */
export function readListPage(text: string): ListPage | undefined {
  const list = parsed(text);
  if (!isObject(list) || !Object.hasOwn(list, 'items')) return undefined;
  const version = versionOf(list);
  // A nil slice of Go.
  const objects = list['items'] ?? [];
  if (version === undefined || !Array.isArray(objects)) return undefined;
  const continueAt = metadataOf(list)?.['continue'] ?? '';
  if (typeof continueAt !== 'string' || continueAt.length > MAX_CONTINUE) return undefined;
  return continueAt === '' ? { objects, version } : { objects, version, continueAt };
}
