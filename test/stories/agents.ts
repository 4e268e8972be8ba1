/**
 * The agents of a story: each key that pods have gets a CiliumIdentity.
 *
 * Mirrors the CRD backend of the allocator: the next free number, and identities stay when their pods are gone.
 */
import type { NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import type { Delta } from '../../src/cluster/events.ts';
import type { Model } from '../../src/server/model.ts';
import { ciliumIdentity, decoded } from '../support/objects.ts';

const FIRST_NUMBER = 1_000;

export class Agents {
  readonly #model: Model;
  #next = FIRST_NUMBER;
  /** Numbers that the model made up for keys that have none. */
  #waiting: NumericIdentity[] = [];

  constructor(model: Model) {
    this.#model = model;
  }

  observe({ identitiesAdded }: Pick<Delta, 'identitiesAdded'>): void {
    this.#waiting.push(...identitiesAdded);
  }

  catchUp(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const identity of waiting) this.#number(identity);
  }

  #number(identity: NumericIdentity): void {
    const view = this.#model.view();
    const labels = view.labelsOf(identity);
    if (labels === undefined || view.hasNumber(identity)) return;
    const written = labels.map(({ source, key, value }) => [`${source}:${key}`, value] as const);
    const raw = ciliumIdentity(this.#next, Object.fromEntries(written));
    this.#next += 1;
    this.#model.apply({ type: 'upsert', object: decoded(raw) });
  }
}
