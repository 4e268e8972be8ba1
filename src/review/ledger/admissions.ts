/**
 * What was admitted lately: the ledger beside the model, with a clock that is passed in.
 *
 * A review reads it and takes nothing; who answers charges what was admitted, in the same turn in which it was decided, so that
 * no two reviews are admitted for one free place. Each replica keeps its own: of several that are ready, each has its part of
 * the rates.
 * Invariant: what is denied, a dry run, or not judged leaves no trace.
 */
import type { KeysOfTenant, Ledger, Rate } from '../../checks/facts/ledger.ts';
import { RELABEL_RATE } from '../../checks/settings.ts';
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import { formatRef, type ObjectRef } from '../../cilium/objects.ts';
import type { Delta } from '../../cluster/events.ts';
import type { Tenant } from '../../cluster/tenant.ts';
import type { Charge } from '../charge.ts';
import type { Clock } from '../../cluster/clock.ts';
import { ExpiringSum } from './expiring-sum.ts';
import { PodMints } from './pod-mints.ts';
import { Reservations } from './reservations.ts';
import { TokenBuckets } from './token-buckets.ts';

/** A watch that is further behind than this is no watch. */
const RESERVED_SECONDS = 30;
/** As many as a cluster has identities. */
const MOST_RESERVED = 65_536;
const POD_MINTS = { windowMs: 600_000, times: 10, most: 10_000 };

export interface AdmissionsOptions {
  readonly clock: Clock;
  /** How many replicas are ready, this one among them; 1 by default. */
  readonly readyReplicas?: () => number;
  /** `none`: where there is no time, as in files, every bucket is full. */
  readonly rates?: 'none';
}

export class Admissions implements Ledger {
  readonly #readyReplicas: () => number;
  readonly #hasRates: boolean;
  readonly #reservations: Reservations;
  readonly #inFlight: ExpiringSum;
  readonly #minted: TokenBuckets<Tenant>;
  readonly #relabelled: TokenBuckets<Tenant>;
  readonly #podMints: PodMints;
  /** Counts the charges: what was read before another one may not hold any more. */
  #charges = 0;

  constructor({ clock, readyReplicas = () => 1, rates }: AdmissionsOptions) {
    this.#readyReplicas = readyReplicas;
    this.#hasRates = rates !== 'none';
    this.#reservations = new Reservations(clock, { ttlMs: RESERVED_SECONDS * 1_000, most: MOST_RESERVED });
    this.#inFlight = new ExpiringSum(clock, RESERVED_SECONDS);
    this.#minted = new TokenBuckets(clock);
    this.#relabelled = new TokenBuckets(clock);
    this.#podMints = new PodMints(clock, POD_MINTS);
  }

  get charges(): number {
    return this.#charges;
  }

  reservedBy(tenant: Tenant): KeysOfTenant {
    return this.#reservations.of(tenant);
  }

  get reserved(): number {
    return this.#reservations.size;
  }

  isReserved(key: CanonicalKey): boolean {
    return this.#reservations.has(key);
  }

  get inFlight(): number {
    return this.#inFlight.total;
  }

  mayMint(tenant: Tenant, rate: Rate): boolean {
    return this.#minted.has(tenant, this.#part(rate));
  }

  mayRelabel(tenant: Tenant): boolean {
    return this.#relabelled.has(tenant, this.#part(RELABEL_RATE));
  }

  mintsOf(pod: ObjectRef): number {
    return this.#podMints.of(formatRef(pod));
  }

  /** What was admitted, of what a review came to. */
  charge(charge: Charge | undefined): void {
    if (charge === undefined) return;
    this.#charges += 1;
    const { tenant, keys, draws } = charge;
    for (const { key, inUse } of keys) this.#reservations.reserve(key, { tenant, inUse });
    if (charge.spare > 0) this.#inFlight.add(charge.spare);
    if (!this.#hasRates) return;
    if (draws?.of === 'minting') this.#minted.take(tenant, this.#part(draws.rate), keys.length);
    if (draws?.of !== 'relabels') return;
    this.#relabelled.take(tenant, this.#part(RELABEL_RATE), 1);
    this.#podMints.add(formatRef(draws.pod));
  }

  /** What the model has now is waited for no longer. */
  observe({ keysAdded }: Pick<Delta, 'keysAdded'>): void {
    for (const key of keysAdded) this.#reservations.end(key);
  }

  #part({ perMinute, burst }: Rate): Rate {
    const replicas = Math.max(1, this.#readyReplicas());
    return { perMinute: perMinute / replicas, burst: Math.max(1, burst / replicas) };
  }
}
