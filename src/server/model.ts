/**
 * The store behind a running webhook: events go in, reviews read, and a review may wait a moment for an event.
 *
 * The model changes from its source only, never from an admission request: what was admitted may still not be stored. Beside it
 * stands the ledger of what was admitted and is not seen yet.
 */
import type { ClusterEvent, Delta } from '../cluster/events.ts';
import type { ClusterStore } from '../cluster/store.ts';
import type { ClusterView } from '../cluster/view.ts';
import { Admissions } from '../review/ledger/admissions.ts';
import type { Clock } from '../cluster/clock.ts';
import { Freshness } from './freshness.ts';

/** More than this many reviews that wait at once are not kept waiting. */
const MAX_WAITING = 1_024;

export class Model {
  /** What was admitted and is not seen yet. */
  readonly ledger: Admissions;
  /** What a source that watches tells of its watches; none is watched by default. */
  readonly freshness: Freshness;
  readonly #store: ClusterStore;
  readonly #clock: Clock;
  #lastEventMs: number;
  readonly #waiting = new Set<() => void>();

  constructor(store: ClusterStore, clock: Clock, ledger = new Admissions({ clock })) {
    this.#store = store;
    this.ledger = ledger;
    this.#clock = clock;
    this.freshness = new Freshness(clock);
    this.#lastEventMs = clock();
  }

  /** Since the last sign of life of the watch that is silent for longest; without watches since the last event, or the start. */
  ageSeconds(): number {
    const ages = [...this.freshness.agesMs().values()];
    const age = ages.length === 0 ? this.#clock() - this.#lastEventMs : Math.max(...ages);
    return age / 1000;
  }

  view(): ClusterView {
    return this.#store.view();
  }

  get store(): ClusterStore {
    return this.#store;
  }

  apply(event: ClusterEvent): Delta {
    const delta = this.#store.apply(event);
    this.ledger.observe(delta);
    this.#lastEventMs = this.#clock();
    this.#signOfLife(event);
    for (const wake of [...this.#waiting]) wake();
    return delta;
  }

  /** Waits until the condition holds of the view, or the time is up; says whether it holds. */
  async until(holds: (view: ClusterView) => boolean, timeoutMs: number): Promise<boolean> {
    if (holds(this.view())) return true;
    if (timeoutMs <= 0 || this.#waiting.size >= MAX_WAITING) return false;
    return new Promise((resolve) => {
      const settle = (result: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(result);
      };
      const wake = (): void => {
        if (holds(this.view())) settle(true);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#waiting.add(wake);
    });
  }

  /** What an event says of the watch of its kind. */
  #signOfLife(event: ClusterEvent): void {
    switch (event.type) {
      case 'upsert':
        this.freshness.sign(event.object.kind);
        break;
      case 'delete':
        this.freshness.sign(event.ref.kind);
        break;
      case 'relist':
        this.freshness.listing(event.kind);
        break;
      case 'synced':
        this.freshness.listed(event.kind);
        break;
      case 'dns-cache':
        break;
    }
  }
}
