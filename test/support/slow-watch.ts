/**
 * What several webhooks hear of the objects that any of them admitted: all of it, in order, and late.
 *
 * The lag is counted in admissions, so that no clock decides what a test shows: an object arrives once so many more were admitted.
 */
import type { ClusterObject } from '../../src/cilium/objects.ts';
import type { EngineWebhook } from './engine-webhook.ts';
import { upsert } from './engine-webhook.ts';

export class SlowWatch {
  readonly #lag: number;
  readonly #late: ClusterObject[] = [];
  readonly #listeners: EngineWebhook[] = [];

  constructor(lag: number) {
    this.#lag = lag;
  }

  listen(webhook: EngineWebhook): void {
    this.#listeners.push(webhook);
  }

  stored(object: ClusterObject): void {
    this.#late.push(object);
    if (this.#late.length > this.#lag) this.#arrive(1);
  }

  /** Nothing is late any more. */
  catchUp(): void {
    this.#arrive(this.#late.length);
  }

  #arrive(objects: number): void {
    for (const object of this.#late.splice(0, objects)) {
      for (const webhook of this.#listeners) upsert(webhook, object);
    }
  }
}
