/**
 * Keys that were admitted and that the model does not have yet.
 *
 * A reservation ends when the key is seen, or after a while: what was admitted may never be stored.
 * Invariant: one reservation for a key, whoever asked for it; no more than `most`, of which the oldest ends first.
 * Cost: O(1); each reservation ends once.
 */
import type { KeysOfTenant } from '../../checks/facts/ledger.ts';
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import type { Tenant } from '../../cluster/tenant.ts';
import type { Clock } from '../../cluster/clock.ts';

export interface Reserved {
  readonly tenant: Tenant;
  /** For pods that have no other key yet: those of a relabelled namespace keep theirs until then. */
  readonly inUse: boolean;
}

interface Reservation extends Reserved {
  readonly endsMs: number;
}

export interface ReservationLimits {
  readonly ttlMs: number;
  readonly most: number;
}

const NOTHING: KeysOfTenant = { inUse: 0, keys: 0 };

export class Reservations {
  readonly #clock: Clock;
  readonly #limits: ReservationLimits;
  /** In the order in which they end. */
  readonly #reservations = new Map<CanonicalKey, Reservation>();
  readonly #tenants = new Map<Tenant, KeysOfTenant>();
  /** No reservation ends before. */
  #nextEndMs = Infinity;

  constructor(clock: Clock, limits: ReservationLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    this.#expire();
    return this.#reservations.size;
  }

  has(key: CanonicalKey): boolean {
    this.#expire();
    return this.#reservations.has(key);
  }

  of(tenant: Tenant): KeysOfTenant {
    this.#expire();
    return this.#tenants.get(tenant) ?? NOTHING;
  }

  /** One that is there already stays as it is. */
  reserve(key: CanonicalKey, reserved: Reserved): void {
    if (this.has(key)) return;
    const endsMs = this.#clock() + this.#limits.ttlMs;
    this.#reservations.set(key, { ...reserved, endsMs });
    this.#nextEndMs = Math.min(this.#nextEndMs, endsMs);
    this.#count(reserved, 1);
    const [oldest] = this.#reservations.size > this.#limits.most ? this.#reservations.keys() : [];
    if (oldest !== undefined) this.end(oldest);
  }

  /** It is seen. */
  end(key: CanonicalKey): void {
    const reservation = this.#reservations.get(key);
    if (reservation === undefined) return;
    this.#reservations.delete(key);
    this.#count(reservation, -1);
  }

  #expire(): void {
    const now = this.#clock();
    if (now < this.#nextEndMs) return;
    this.#nextEndMs = Infinity;
    for (const [key, { endsMs }] of this.#reservations) {
      if (endsMs > now) {
        this.#nextEndMs = endsMs;
        return;
      }
      this.end(key);
    }
  }

  #count({ tenant, inUse }: Reserved, by: 1 | -1): void {
    const before = this.#tenants.get(tenant) ?? NOTHING;
    const after = { inUse: before.inUse + (inUse ? by : 0), keys: before.keys + by };
    if (after.keys === 0) this.#tenants.delete(tenant);
    else this.#tenants.set(tenant, after);
  }
}
