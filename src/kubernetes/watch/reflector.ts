/**
 * Keeps somebody told of all objects of one resource: lists them, watches them, and starts again whenever that ends.
 *
 * Mirrors client-go's Reflector (tools/cache/reflector.go): the list comes over the watch itself where the server can do that, else
 * in pages; a watch that ends goes on where it ended; only what the server has forgotten is listed again.
 * Invariant: after `synced` whoever listens has been told all that there was at one moment, and everything since in its order.
 * What cannot be read is never passed over: everything is listed again. A server that is silent is asked again, and a watch that
 * told nothing twice is no longer believed (a restored etcd counts versions anew, and a watch of the future says nothing).
 * Cost: one object in memory at a time, or one page of a list.
 */
import type { Clock } from '../../cluster/clock.ts';
import type { ApiAnswer, ApiConnection } from '../api/api-connection.ts';
import { Backoff } from './backoff.ts';
import { pagesOf } from './page-reader.ts';
import { watchPath, type WatchedResource, type WatchStart } from './resource.ts';
import { failed, failure, FORGOTTEN, refusal, type Turn } from './turn.ts';
import type { ResourceVersion } from './watch-event.ts';
import { watchEvents } from './watch-lines.ts';
import type { WorkSlices } from './work-slices.ts';

/** Of one list in this order: relist, stored for each object, synced. Then what happens. */
export type Told =
  | { readonly type: 'relist' }
  | { readonly type: 'stored'; readonly object: unknown }
  | { readonly type: 'deleted'; readonly object: unknown }
  | { readonly type: 'synced' }
  /** The server answered: what happens will be told. */
  | { readonly type: 'watching' }
  /** Nothing happened, and the server says so. */
  | { readonly type: 'alive' }
  /** The server has no such resource, for now. */
  | { readonly type: 'missing' }
  /** It is tried again. */
  | { readonly type: 'failed'; readonly reason: string };

export interface ReflectorOptions {
  readonly resource: WatchedResource;
  readonly connection: ApiConnection;
  readonly tell: (told: Told) => void;
  readonly slices: WorkSlices;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Comes back early where the signal says so. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How long an answer may say nothing; bookmarks come about every minute. */
  readonly silenceMs: number;
}

/** How often it is asked for a resource that is missing. */
const MISSING_AGAIN_MS = 15_000;
/** A watch that ends sooner than this, without a word, is no success. */
const SHORT_WATCH_MS = 1_000;
const MOST_QUIET_WATCHES = 2;
const MOST_UNFINISHED_LISTS = 2;
const NOTHING: WatchStart = { from: 'nothing' };

export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #backoff: Backoff;
  #start: WatchStart = NOTHING;
  /** Of the resource's paths. */
  #path = 0;
  #noWatchList = false;
  #unfinishedLists = 0;
  #quietWatches = 0;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options);
  }

  /** Until it is told to stop. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#after(await this.#turn(signal).catch(failure), signal);
  }

  #turn(signal: AbortSignal): Promise<Turn> {
    const isInPages = this.#noWatchList || this.#unfinishedLists >= MOST_UNFINISHED_LISTS;
    return this.#start.from === 'nothing' && isInPages ? this.#list(signal) : this.#watch(this.#start, signal);
  }

  async #after(turn: Turn, signal: AbortSignal): Promise<void> {
    const { tell, wait } = this.#options;
    if (signal.aborted) return;
    if (turn.end === 'absent') return this.#absent(signal);
    if (turn.end === 'no-watch-list') this.#noWatchList = true;
    if (turn.end === 'lost') this.#start = NOTHING;
    if (turn.end !== 'lost' && turn.end !== 'failed') return;
    tell({ type: 'failed', reason: turn.reason });
    await wait(this.#backoff.nextMs(turn.end === 'failed' ? turn.retryAfterMs : 0), signal);
  }

  /** Not in this version of its group: perhaps in the next one; in none of them: later. */
  async #absent(signal: AbortSignal): Promise<void> {
    const { resource, tell, wait, random } = this.#options;
    this.#start = NOTHING;
    this.#path = (this.#path + 1) % resource.paths.length;
    if (this.#path > 0) return;
    tell({ type: 'missing' });
    await wait(MISSING_AGAIN_MS * (0.5 + random()), signal);
  }

  async #list(signal: AbortSignal): Promise<Turn> {
    const { connection, resource, silenceMs, tell, slices } = this.#options;
    const pages = pagesOf({ connection, resource, path: this.#pathNow(), silenceMs, signal });
    for (let isFirst = true; ; isFirst = false) {
      const next = await pages.next();
      if (next.done === true) return next.value;
      const { objects, version, continueAt } = next.value;
      if (isFirst) tell({ type: 'relist' });
      for (const object of objects) {
        tell({ type: 'stored', object });
        await slices.giveWay();
      }
      if (continueAt === undefined) this.#synced(version);
    }
  }

  async #watch(start: WatchStart, signal: AbortSignal): Promise<Turn> {
    const { connection, resource, silenceMs, random, clock, tell } = this.#options;
    const path = watchPath(this.#pathNow(), resource, start, random);
    const answer = await connection.get({ path, silenceMs, signal });
    const isRefused = answer.status === 400 || answer.status === 422;
    if (answer.status !== 200) {
      return isRefused && start.from === 'nothing' ? this.#noWatchLists(answer) : refusal(answer);
    }
    if (start.from === 'nothing') return this.#listOver(answer);
    tell({ type: 'watching' });
    const since = clock();
    const turn = await this.#follow(answer).catch(failure);
    return this.#quietly(turn, { wasQuiet: this.#start === start, lastedMs: clock() - since });
  }

  /** The rest of its answer is of no interest. */
  async #noWatchLists(answer: ApiAnswer): Promise<Turn> {
    await refusal(answer);
    return { end: 'no-watch-list' };
  }

  async #listOver(answer: ApiAnswer): Promise<Turn> {
    this.#unfinishedLists += 1;
    this.#options.tell({ type: 'relist' });
    const turn = await this.#follow(answer);
    if (this.#start.from === 'version' || turn.end !== 'over') return turn;
    return { end: 'failed', reason: 'the watch ended before everything was listed' };
  }

  /** `wasQuiet`: not even a bookmark came. */
  #quietly(turn: Turn, { wasQuiet, lastedMs }: { readonly wasQuiet: boolean; readonly lastedMs: number }): Turn {
    const isShort = lastedMs < SHORT_WATCH_MS;
    if (!wasQuiet) this.#quietWatches = 0;
    else if (!isShort) this.#quietWatches += 1;
    if (turn.end === 'over' && wasQuiet && isShort) return { end: 'failed', reason: 'the watch ended at once' };
    if (this.#quietWatches < MOST_QUIET_WATCHES || turn.end === 'lost') return turn;
    this.#quietWatches = 0;
    return { end: 'lost', reason: 'a watch said nothing, not even that nothing happened' };
  }

  async #follow(answer: ApiAnswer): Promise<Turn> {
    const { tell, slices } = this.#options;
    for await (const event of watchEvents(answer.chunks)) {
      switch (event.type) {
        case 'stored':
        case 'deleted':
          tell({ type: event.type, object: event.object });
          if (this.#start.from === 'version') this.#start = { from: 'version', version: event.version };
          break;
        case 'bookmark':
          if (this.#start.from === 'version') this.#alive(event.version);
          else if (event.endsList) this.#synced(event.version);
          else return { end: 'no-watch-list' };
          break;
        case 'expired':
          return FORGOTTEN;
        case 'error':
          return failed(event);
        case 'garbage':
          return { end: 'lost', reason: event.reason };
      }
      await slices.giveWay();
    }
    return { end: 'over' };
  }

  #alive(version: ResourceVersion): void {
    this.#start = { from: 'version', version };
    this.#options.tell({ type: 'alive' });
  }

  #synced(version: ResourceVersion): void {
    this.#start = { from: 'version', version };
    this.#unfinishedLists = 0;
    this.#options.tell({ type: 'synced' });
  }

  #pathNow(): string {
    return this.#options.resource.paths[this.#path] ?? '';
  }
}
