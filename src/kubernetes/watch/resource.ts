/**
 * What is listed and watched: a resource of an API server, in one version of its group.
 */
import type { ResourceVersion } from './watch-event.ts';

export interface WatchedResource {
  /** The path of its list in each version that will do, the best first: `/apis/cilium.io/v2/ciliumnodes`. */
  readonly paths: readonly string[];
  readonly fieldSelector?: string;
}

export type WatchStart =
  /** Everything that there is comes first. */
  { readonly from: 'nothing' } | { readonly from: 'version'; readonly version: ResourceVersion };

/** How long the server lets a watch live; it is started again then, perhaps at another replica of it. */
const SHORTEST_WATCH_S = 300;

export function watchPath(path: string, resource: WatchedResource, start: WatchStart, random: () => number): string {
  const query = new URLSearchParams({ watch: 'true', allowWatchBookmarks: 'true' });
  query.set('timeoutSeconds', String(Math.floor(SHORTEST_WATCH_S * (1 + random()))));
  if (start.from === 'nothing') {
    query.set('sendInitialEvents', 'true');
    query.set('resourceVersionMatch', 'NotOlderThan');
  } else query.set('resourceVersion', start.version);
  return withQuery(path, resource, query);
}

export interface Page {
  readonly limit: number;
  /** Where the page before said that this one begins. */
  readonly continueAt: string | undefined;
}

export function listPath(path: string, resource: WatchedResource, { limit, continueAt }: Page): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (continueAt !== undefined) query.set('continue', continueAt);
  return withQuery(path, resource, query);
}

function withQuery(path: string, { fieldSelector }: WatchedResource, query: URLSearchParams): string {
  if (fieldSelector !== undefined) query.set('fieldSelector', fieldSelector);
  return `${path}?${query.toString()}`;
}
