/**
 * The pages of a list, one after the other.
 *
 * Invariant: no page is handed out twice, and their number is bounded; a page that is too large is asked for again with half as many
 * objects, and so are those after it.
 */
import { textOf } from '../api/answer-text.ts';
import type { ApiConnection } from '../api/api-connection.ts';
import { LARGEST_PAGE, MAX_PAGE_BYTES, readListPage, type ListPage } from './list-page.ts';
import { listPath, type Page, type WatchedResource } from './resource.ts';
import { refusal, type Turn } from './turn.ts';

const MAX_PAGES = 100_000;

export interface Listing {
  readonly connection: ApiConnection;
  readonly resource: WatchedResource;
  /** Of the version of the resource that is listed. */
  readonly path: string;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Hands out pages; returns why there is no other, which is `over` after the last. */
export async function* pagesOf(listing: Listing): AsyncGenerator<ListPage, Turn> {
  let next: Page = { limit: LARGEST_PAGE, continueAt: undefined };
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const read = await readPage(listing, next);
    if (read.kind === 'end') return read.turn;
    if (read.kind === 'too-large') {
      if (next.limit === 1) return { end: 'failed', reason: `one object has over ${MAX_PAGE_BYTES} bytes` };
      next = { ...next, limit: Math.floor(next.limit / 2) };
      continue;
    }
    yield read.page;
    const { continueAt } = read.page;
    if (continueAt === undefined) return { end: 'over' };
    if (continueAt === next.continueAt) return { end: 'lost', reason: 'a page of a list goes on with itself' };
    next = { ...next, continueAt };
  }
  return { end: 'lost', reason: `a list has more than ${MAX_PAGES} pages` };
}

type PageRead =
  | { readonly kind: 'page'; readonly page: ListPage }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'end'; readonly turn: Turn };

async function readPage({ connection, resource, path, silenceMs, signal }: Listing, next: Page): Promise<PageRead> {
  const answer = await connection.get({ path: listPath(path, resource, next), silenceMs, signal });
  if (answer.status !== 200) return { kind: 'end', turn: await refusal(answer) };
  const text = await textOf(answer.chunks, MAX_PAGE_BYTES);
  if (!text.ok) return { kind: 'too-large' };
  const page = readListPage(text.value);
  if (page === undefined) return { kind: 'end', turn: { end: 'lost', reason: 'a page of a list is no list' } };
  return { kind: 'page', page };
}
