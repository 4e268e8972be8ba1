/**
 * A reflector at work on a server, and all that it told so far. It waits for nobody: how long it would have waited is written down.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connectTo } from '../../src/kubernetes/api/api-connection.ts';
import { Reflector, type Told } from '../../src/kubernetes/watch/reflector.ts';
import { WorkSlices } from '../../src/kubernetes/watch/work-slices.ts';
import { metadataOf } from '../../src/kubernetes/watch/watch-event.ts';
import type { ApiServer } from './api-server.ts';

interface CleanUp {
  readonly after: (cleanUp: () => Promise<void>) => void;
}

export interface ReflectingOptions {
  readonly paths: readonly string[];
  readonly silenceMs?: number;
}

export class Reflecting {
  readonly told: Told[] = [];
  readonly waitsMs: number[] = [];
  nowMs = 0;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  private constructor(server: ApiServer, { paths, silenceMs = 10_000 }: ReflectingOptions) {
    const connection = connectTo(server.access);
    const reflector = new Reflector({
      resource: { paths },
      connection,
      silenceMs,
      tell: (told) => this.#tell(told),
      slices: new WorkSlices(() => performance.now()),
      clock: () => this.nowMs,
      random: () => 0.5,
      wait: async (ms) => {
        this.waitsMs.push(ms);
        this.nowMs += ms;
        await nextTurn();
      },
    });
    this.#running = reflector.run(this.#stop.signal).finally(() => connection.close());
  }

  static start(t: CleanUp, server: ApiServer, options: ReflectingOptions): Reflecting {
    const reflecting = new Reflecting(server, options);
    t.after(() => reflecting.stop());
    return reflecting;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** `relist`, `stored a`, `synced`, ... */
  get words(): readonly string[] {
    return this.told.map(wordOf);
  }

  /** What failed, in order. */
  get reasons(): readonly string[] {
    return this.told.flatMap((told) => (told.type === 'failed' ? [told.reason] : []));
  }

  /** Until this was told so many times. */
  async until(word: string, times = 1): Promise<void> {
    while (this.words.filter((told) => told === word).length < times) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const listener = (): void => resolve(undefined);
      this.#listeners.add(listener);
      await promise;
      this.#listeners.delete(listener);
    }
  }

  /** Nothing of before. */
  forget(): void {
    this.told.length = 0;
    this.waitsMs.length = 0;
  }

  #tell(told: Told): void {
    this.told.push(told);
    for (const listener of this.#listeners) listener();
  }
}

function wordOf(told: Told): string {
  if (told.type !== 'stored' && told.type !== 'deleted') return told.type;
  return `${told.type} ${String(metadataOf(told.object)?.['name'])}`;
}
