/**
 * Of several processes that know of each other only through a Lease (coordination.k8s.io/v1), the one that leads.
 *
 * With the rules and the numbers of client-go (tools/leaderelection/leaderelection.go), and one more: whoever takes a Lease that was
 * not there, or that names nobody without having been given up, leads only after LEASE_MS. Who led may not know yet what was done to it.
 * Invariant: of all that run by clocks of one speed at most one leads. Who leads does so for RENEW_DEADLINE_MS from when the request
 * that was granted was sent; others take the Lease once they have seen it unchanged for LEASE_MS, which is longer, by their own
 * clocks. So nobody trusts the time of anybody else, and whoever cannot renew stops by itself, without an answer.
 * A write that two of them send has one winner, because it names the version that it rests on.
 * Cost: a request every two seconds.
 */
import { dirname } from 'node:path/posix';
import { fail, type Result } from '../../cilium/result.ts';
import type { Clock, WallClock } from '../../cluster/clock.ts';
import { createObject, faultText, getObject, replaceObject, type ApiFault, type ApiObject } from '../api/api-object.ts';
import type { ApiConnection } from '../api/api-connection.ts';
import type { ObjectName } from '../watch/watched-object.ts';
import { versionOf } from '../watch/watch-event.ts';
import { claimed, newLease, readLease, released } from './lease-record.ts';

export const LEASE_MS = 15_000;
export const RENEW_DEADLINE_MS = 10_000;
export const RETRY_MS = 2_000;
const JITTER = 1.2;
/** No Lease of others, whatever it says, is waited for longer than this. */
const LONGEST_LEASE_MS = 60_000;

export interface LeaseElectorOptions {
  readonly connection: ApiConnection;
  readonly lease: ObjectName;
  /** Nobody else has it, not even this process after a restart. */
  readonly identity: string;
  readonly clock: Clock;
  /** For people who look at the Lease. */
  readonly now: WallClock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Comes back early where the signal says so. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** It leads, or does not any more. */
  readonly onChange: (leads: boolean) => void;
  readonly onFailure: (reason: string) => void;
}

/** What a Lease is to an elector. */
type Standing =
  /** It may be renewed. */
  | 'ours'
  | 'theirs'
  /** It was given up, or nobody has renewed it for long enough. */
  | 'free'
  /** Nobody can tell whose it was. */
  | 'lost';

interface Observed {
  /** Absent: there is none. */
  readonly lease: ApiObject | undefined;
  readonly text: string;
  /** When it was first seen like this. */
  readonly sinceMs: number;
}

export class LeaseElector {
  readonly #options: LeaseElectorOptions;
  readonly #path: string;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #observed: Observed | undefined;
  /** Infinity: the Lease is not known to have been in these hands for long enough. */
  #leadsFromMs = Infinity;
  #holdsUntilMs = -Infinity;
  readonly #listeners = new Set<() => void>();
  #told = false;

  constructor(options: LeaseElectorOptions) {
    const { namespace, name } = options.lease;
    this.#options = options;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    this.#running = this.#run();
  }

  /** At this very moment. */
  leads(): boolean {
    return this.#holds() && this.#options.clock() >= this.#leadsFromMs;
  }

  /** Whoever has work to do from the moment on in which it leads. */
  onLeading(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #holds(): boolean {
    return !this.#stopped.signal.aborted && this.#options.clock() < this.#holdsUntilMs;
  }

  /** It leads no more from now on; comes back when the Lease is given up, as far as the API server can be reached. */
  async stop(): Promise<void> {
    const didLead = this.leads();
    this.#stopped.abort();
    this.#tell();
    await this.#running;
    if (didLead) await this.#release();
  }

  async #run(): Promise<void> {
    const { random, wait } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const fault = await this.#turn();
      if (fault !== undefined && !this.#stopped.signal.aborted) this.#options.onFailure(fault);
      this.#tell();
      await wait(this.#holds() ? RETRY_MS : RETRY_MS * (1 + JITTER * random()), signal);
    }
  }

  /** Takes or renews the Lease where that may be; why it could not be looked at, or written. */
  async #turn(): Promise<string | undefined> {
    const known = this.#observed?.lease;
    if (this.#holds() && known !== undefined) {
      const renewed = await this.#claim(known, 'ours');
      if (renewed.ok) return undefined;
      if (renewed.error.kind === 'failed') return faultText(renewed.error);
      // Somebody has touched it: it is looked at like that of another.
      this.#holdsUntilMs = -Infinity;
    }
    const seen = await getObject(this.#request(this.#path));
    if (!seen.ok && seen.error.kind !== 'absent') return faultText(seen.error);
    const observed = this.#see(seen.ok ? seen.value : undefined);
    const standing = this.#standing(observed);
    if (standing === 'theirs') return undefined;
    const taken = await this.#claim(observed.lease, standing);
    // Who lost a race has nothing to complain of.
    return taken.ok || taken.error.kind !== 'failed' ? undefined : faultText(taken.error);
  }

  #see(lease: ApiObject | undefined): Observed {
    const text = lease === undefined ? '' : readLease(lease).text;
    const sinceMs = this.#observed?.text === text ? this.#observed.sinceMs : this.#options.clock();
    this.#observed = { lease, text, sinceMs };
    return this.#observed;
  }

  #standing({ lease, sinceMs }: Observed): Standing {
    const { clock, identity } = this.#options;
    const { holder, isReleased, durationSeconds } = readLease(lease ?? {});
    if (isReleased) return 'free';
    if (holder === undefined) return 'lost';
    if (holder === identity) return this.#leadsFromMs === Infinity ? 'lost' : 'ours';
    const lastsMs = Math.min(Math.max(LEASE_MS, durationSeconds * 1000), LONGEST_LEASE_MS);
    return clock() >= sinceMs + lastsMs ? 'free' : 'theirs';
  }

  /** In place of `lease`, or where there is none. */
  async #claim(lease: ApiObject | undefined, standing: Standing): Promise<Result<ApiObject, ApiFault>> {
    const { clock, identity, now } = this.#options;
    const object = claimed(lease ?? newLease(this.#options.lease), { holder: identity, durationMs: LEASE_MS, now });
    if (standing === 'free') this.#leadsFromMs = -Infinity;
    // Also if no answer comes, and the write has been granted all the same.
    if (standing === 'lost') this.#leadsFromMs = Infinity;
    const sentMs = clock();
    const written = await this.#write(object, lease !== undefined);
    if (!written.ok) return written;
    this.#see(written.value);
    this.#holdsUntilMs = sentMs + RENEW_DEADLINE_MS;
    if (standing === 'lost') this.#leadsFromMs = clock() + LEASE_MS;
    return written;
  }

  async #write(object: ApiObject, isThere: boolean): Promise<Result<ApiObject, ApiFault>> {
    if (!isThere) return createObject({ ...this.#request(dirname(this.#path)), object });
    if (versionOf(object) !== undefined) return replaceObject({ ...this.#request(this.#path), object });
    return fail({ kind: 'failed', reason: 'the Lease that the API server sends has no resourceVersion' });
  }

  /** So that nobody has to wait. It may be that of another by now: then its version is, too. */
  async #release(): Promise<void> {
    const lease = this.#observed?.lease;
    if (lease === undefined) return;
    const { now, onFailure } = this.#options;
    const { signal } = new AbortController();
    const given = await replaceObject({ ...this.#request(this.#path), signal, object: released(lease, now) });
    if (!given.ok && given.error.kind === 'failed') onFailure(faultText(given.error));
  }

  #request(path: string) {
    return { connection: this.#options.connection, path, signal: this.#stopped.signal };
  }

  #tell(): void {
    const leads = this.leads();
    if (leads === this.#told) return;
    this.#told = leads;
    this.#options.onChange(leads);
    if (leads) for (const listener of this.#listeners) listener();
  }
}
