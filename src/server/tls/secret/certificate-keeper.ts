/**
 * Keeps the certificates of a Secret, and what the registration trusts, as they have to be: the work of the replica that leads.
 *
 * One step at a time, each of which leaves a state to go on from, whoever leads then: the Secret says all that has to be known, but
 * how long it has been as it is, which each leader counts anew. Writes rest on the version that was read, so that nothing of a
 * former leader, or of a person, is overwritten unseen.
 * Invariant: a serving certificate of another authority is put into the Secret only after every webhook of the registration has
 * trusted that authority for the time of the overlap, and no authority is taken from the registration sooner than that after it
 * has signed what is served. Only the first certificates of all are served before they are trusted.
 */
import { dirname } from 'node:path/posix';
import { fail, ok, type Result } from '../../../cilium/result.ts';
import type { Clock } from '../../../cluster/clock.ts';
import {
  createObject,
  faultText,
  getObject,
  replaceObject,
  type ApiObject,
} from '../../../kubernetes/api/api-object.ts';
import type { ApiConnection } from '../../../kubernetes/api/api-connection.ts';
import type { ObjectName } from '../../../kubernetes/watch/watched-object.ts';
import type { Logger } from '../../../log.ts';
import type { TlsFault } from '../tls-pair.ts';
import {
  asksForAuthority,
  newSecret,
  placeIn,
  readCertificates,
  withCertificates,
  type KeptCertificates,
} from './certificate-secret.ts';
import { makeTrusted } from './registration.ts';
import { nextStep, trustOf, type Lifetimes, type Step } from './rotation.ts';
import { textsAfter } from './step-texts.ts';

export interface CertificateKeeperOptions {
  readonly connection: ApiConnection;
  readonly secret: ObjectName;
  /** Of the ValidatingWebhookConfiguration. */
  readonly registration: string;
  readonly names: readonly string[];
  readonly lifetimes: Lifetimes;
  readonly leads: () => boolean;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

const AGAIN_AFTER_MS = 60_000;

interface Trusted {
  readonly isSettled: boolean;
  readonly fault: TlsFault | undefined;
}

const NOTHING_YET: Trusted = { isSettled: false, fault: undefined };

export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #path: string;
  readonly #stopped = new AbortController();
  /** What was trusted and served when it was looked last, and since when. */
  #settling: { readonly text: string; readonly sinceMs: number } | undefined;
  /** When each kind of step was taken last, on the Secret that is there. */
  readonly #takenMs = new Map<Step['kind'], number>();

  constructor(options: CertificateKeeperOptions) {
    const { namespace, name } = options.secret;
    this.#options = options;
    this.#path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  }

  /** The next step, where this replica leads and there is one. A fault is a reason why there can be none. */
  async keep(): Promise<Result<undefined, TlsFault>> {
    const { leads, secret, now, lifetimes, names } = this.#options;
    if (!leads()) {
      this.#settling = undefined;
      return ok(undefined);
    }
    // Not as a watch told of it last, which may be long ago.
    const found = await getObject({ ...this.#request(), path: this.#path });
    if (!found.ok && found.error.kind !== 'absent') {
      return fail({ file: placeIn(secret), reason: `cannot be read: ${faultText(found.error)}` });
    }
    const current = found.ok ? found.value : undefined;
    const kept = readCertificates(current, secret);
    if (!kept.ok) return kept;
    // Whatever the registration trusts, what is served by the same authority goes on.
    const { isSettled, fault } = kept.value === undefined ? NOTHING_YET : await this.#trusted(kept.value);
    const isAsked = asksForAuthority(current);
    const step = nextStep(kept.value, { now: now(), isSettled, isAsked, lifetimes, names });
    const stored = step.kind === 'nothing' ? ok(undefined) : await this.#take(step, kept.value, current);
    return fault === undefined ? stored : fail(fault);
  }

  #request() {
    return { connection: this.#options.connection, signal: this.#stopped.signal };
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Sees to it that what is kept is trusted, and whether it has been for long enough. */
  async #trusted(kept: KeptCertificates): Promise<Trusted> {
    const { registration, names, clock, lifetimes, leads, log } = this.#options;
    const made = await makeTrusted(trustOf(kept), { ...this.#request(), name: registration, names, mayWrite: leads });
    if (!made.ok) return { isSettled: false, fault: made.error };
    const { trusts, misnamed } = made.value;
    if (trusts === 'now') log.info('the registration trusts the authorities of the Secret', { registration });
    const text = stateOf(kept);
    const isAsBefore = trusts === 'already' && this.#settling?.text === text;
    if (!isAsBefore) this.#settling = { text, sinceMs: clock() };
    const isSettled = clock() - (this.#settling?.sinceMs ?? clock()) >= lifetimes.overlapMs;
    return { isSettled, fault: misnamed };
  }

  /** Just now: a step that does not help, or that somebody undoes, would be taken again and again. */
  #wasTaken({ kind }: Step): boolean {
    const { clock, lifetimes } = this.#options;
    const atMs = this.#takenMs.get(kind) ?? -Infinity;
    return clock() - atMs < Math.min(AGAIN_AFTER_MS, lifetimes.overlapMs);
  }

  async #take(
    step: Exclude<Step, { kind: 'nothing' }>,
    kept: KeptCertificates | undefined,
    secret: ApiObject | undefined,
  ): Promise<Result<undefined, TlsFault>> {
    const { secret: name, log, now, lifetimes, names, leads, clock } = this.#options;
    // Nothing that was done to what was there before matters to what is made anew.
    if (kept === undefined) this.#takenMs.clear();
    if (this.#wasTaken(step)) return ok(undefined);
    const texts = await textsAfter(step, kept, { now: now(), lifetimes, names });
    if (!leads()) return ok(undefined);
    const object = withCertificates(secret ?? newSecret(name), texts);
    const written =
      secret === undefined
        ? await createObject({ ...this.#request(), path: dirname(this.#path), object })
        : await replaceObject({ ...this.#request(), path: this.#path, object });
    if (written.ok) this.#takenMs.set(step.kind, clock());
    if (written.ok) log.info(DONE[step.kind], { secret: placeIn(name), because: step.because });
    // Whoever was faster: it is looked at again soon.
    if (written.ok || written.error.kind !== 'failed') return ok(undefined);
    return fail({ file: placeIn(name), reason: `cannot be written: ${faultText(written.error)}` });
  }
}

/** What is trusted and served. */
function stateOf(kept: KeptCertificates | undefined): string {
  return kept === undefined ? '' : `${trustOf(kept)}${kept.serving.ok ? kept.serving.value.cert : ''}`;
}

const DONE = {
  begin: 'an authority and a serving certificate are made',
  renew: 'a serving certificate is made by the same authority',
  announce: 'a next authority is made, and does not sign yet',
  'take-over': 'a serving certificate is made by the next authority',
  forget: 'the former authority is trusted no more',
} as const;
