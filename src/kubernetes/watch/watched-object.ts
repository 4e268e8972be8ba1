/**
 * One object of an API server, by its name, kept up by a watch of it alone.
 *
 * Invariant: once `wasListed`, current() is the object as the server last told of it, absent where there is none; while a new list
 * is under way it stays what it was. Cost: one watch.
 */
import type { ApiConnection } from '../api/api-connection.ts';
import { Reflector, type Told } from './reflector.ts';
import { WATCH_TIMING, type WatchTiming } from './watch-timing.ts';
import { metadataOf } from './watch-event.ts';
import { WorkSlices } from './work-slices.ts';

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

export interface WatchedObjectOptions extends ObjectName {
  readonly connection: ApiConnection;
  /** Of its kind: `/api/v1/namespaces/{namespace}/configmaps`. */
  readonly path: string;
  /** It is known for the first time, is another one, or is gone. */
  readonly onChange: () => void;
  /** The watch fails, and is tried again. */
  readonly onFailure: (reason: string) => void;
  readonly timing?: Partial<WatchTiming>;
}

export class WatchedObject {
  readonly #options: WatchedObjectOptions;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #wasListed = false;
  #failure: string | undefined;
  #current: unknown;
  /** Of the list that is under way. */
  #listing: { found: unknown } | undefined;

  constructor(options: WatchedObjectOptions) {
    const timing = { ...WATCH_TIMING, ...options.timing };
    const { connection, path, name } = options;
    this.#options = options;
    const resource = { paths: [path], fieldSelector: `metadata.name=${name}` };
    const slices = new WorkSlices(timing.clock);
    const reflector = new Reflector({ ...timing, resource, connection, slices, tell: (told) => this.#take(told) });
    this.#running = reflector.run(this.#stopped.signal);
  }

  get wasListed(): boolean {
    return this.#wasListed;
  }

  /** Why nothing can be heard of it now. */
  get failure(): string | undefined {
    return this.#failure;
  }

  current(): unknown {
    return this.#current;
  }

  /** Comes back when nothing is told any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  #take(told: Told): void {
    if (told.type !== 'failed') this.#failure = undefined;
    switch (told.type) {
      case 'relist':
        this.#listing = { found: undefined };
        break;
      case 'stored':
        this.#stored(told.object);
        break;
      case 'deleted':
        if (this.#isMeant(told.object)) this.#becomes(undefined);
        break;
      case 'synced':
        this.#becomes(this.#listing?.found);
        this.#listing = undefined;
        break;
      case 'missing':
        this.#becomes(undefined);
        break;
      case 'failed':
        this.#failure = told.reason;
        this.#options.onFailure(told.reason);
        break;
      case 'watching':
      case 'alive':
        break;
    }
  }

  #stored(object: unknown): void {
    if (!this.#isMeant(object)) return;
    if (this.#listing === undefined) this.#becomes(object);
    else this.#listing.found = object;
  }

  #becomes(object: unknown): void {
    this.#current = object;
    this.#wasListed = true;
    this.#options.onChange();
  }

  /** A server may leave field selectors out of account. */
  #isMeant(object: unknown): boolean {
    const metadata = metadataOf(object);
    return metadata?.['name'] === this.#options.name && metadata['namespace'] === this.#options.namespace;
  }
}
