/**
 * A live cluster -> the same events as any other source, for as long as it is not stopped.
 *
 * A reflector for each kind, all on one pool of connections and within one share of the event loop. A kind whose CRD is missing is an
 * empty kind until it is there. What decides how everything else is read (the configuration of the agents, and which they are) is
 * asked for first, so that not everything is derived twice.
 * Cost: one watch a kind; memory of one object or page a kind besides the model itself.
 */
import type { Kind } from '../../cilium/objects.ts';
import type { ApiConnection } from '../../kubernetes/api/api-connection.ts';
import { Reflector } from '../../kubernetes/watch/reflector.ts';
import { WATCH_TIMING, type WatchTiming } from '../../kubernetes/watch/watch-timing.ts';
import { WorkSlices } from '../../kubernetes/watch/work-slices.ts';
import { KindFeed, type KindListener, type KindStanding } from './kind-feed.ts';
import { watchedKinds, type WatchedKinds } from './watched-kinds.ts';

export interface LiveOptions extends WatchedKinds {
  readonly connection: ApiConnection;
  readonly listener: KindListener;
  readonly timing?: Partial<LiveTiming>;
}

export interface LiveTiming extends WatchTiming {
  /** How long the rest waits for what comes first. */
  readonly headStartMs: number;
}

const TIMING: LiveTiming = { ...WATCH_TIMING, headStartMs: 3_000 };

const FIRST: readonly Kind[] = ['ConfigMap', 'DaemonSet', 'Namespace'];

export interface LiveSource {
  /** Kinds of which nothing is known yet, with what is in the way where something is. */
  readonly unlisted: () => readonly { readonly kind: Kind; readonly reason?: string }[];
  /** Once nothing is unlisted. Never fails. */
  readonly whenListed: Promise<unknown>;
  readonly standings: () => ReadonlyMap<Kind, KindStanding>;
  /** Comes back when nothing is told any more. */
  readonly stop: () => Promise<void>;
}

export function openLiveSource({ connection, listener, timing, ...kinds }: LiveOptions): LiveSource {
  const time = { ...TIMING, ...timing };
  const stopped = new AbortController();
  const slices = new WorkSlices(time.clock);
  const watched = watchedKinds(kinds).map(({ entry, resource }) => {
    const feed = new KindFeed(entry, listener);
    const reflector = new Reflector({ ...time, resource, connection, slices, tell: feed.take });
    return { feed, reflector };
  });
  const running = start(watched, time, stopped.signal);
  const feeds = watched.map(({ feed }) => feed);
  return {
    unlisted: () =>
      feeds.filter((feed) => !feed.wasListed).map(({ kind, standing }) => ({ kind, ...reasonOf(standing) })),
    whenListed: Promise.all(feeds.map((feed) => feed.whenListed)),
    standings: () => new Map(feeds.map(({ kind, standing }) => [kind, standing])),
    stop: async () => {
      stopped.abort();
      await running;
      connection.close();
    },
  };
}

interface Watched {
  readonly feed: KindFeed;
  readonly reflector: Reflector;
}

async function start(watched: readonly Watched[], time: LiveTiming, signal: AbortSignal): Promise<void> {
  const isFirst = ({ feed }: Watched): boolean => FIRST.includes(feed.kind);
  const first = watched.filter(isFirst);
  const running = first.map(({ reflector }) => reflector.run(signal));
  await Promise.race([Promise.all(first.map(({ feed }) => feed.whenListed)), time.wait(time.headStartMs, signal)]);
  const others = watched.filter((one) => !isFirst(one));
  await Promise.all([...running, ...others.map(({ reflector }) => reflector.run(signal))]);
}

function reasonOf(standing: KindStanding): { readonly reason?: string } {
  return standing.state === 'failing' ? { reason: standing.reason } : {};
}
