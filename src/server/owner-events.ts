/**
 * Events on the owner of what a controller was denied: nobody else tells the author, who applied the owner and was not refused.
 *
 * One Event for each owner and reason in ten minutes, in the form of events.k8s.io/v1 (k8s.io/api/events/v1). It has a name that all
 * replicas would give it, so that the API server takes it of the first of them; clocks decide which ten minutes. Written behind the
 * answers, one at a time; a denial that does not fit is dropped and counted, and so is one whose write fails: the controller tries
 * again, and is denied again. Only controllers of Kubernetes are heard, so that nobody writes Events by sending made-up owners.
 * Cost: O(1) a denial; memory for 1,024 owners and 64 Events.
 */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Result } from '../cilium/result.ts';
import type { Clock } from '../cluster/clock.ts';
import type { ApiConnection } from '../kubernetes/api/api-connection.ts';
import { createObject, faultText, type ApiFault } from '../kubernetes/api/api-object.ts';
import type { Answer, Review } from '../kubernetes/admission-review.ts';
import { isObject } from '../kubernetes/decode/node.ts';
import { metadataOf } from '../kubernetes/watch/watch-event.ts';
import { plainLines } from '../plain-text.ts';
import type { FaultLog } from './fault-log.ts';
import type { Judge } from './judging/judge-in-time.ts';
import type { Metrics } from './metrics.ts';

export interface OwnerEventsOptions {
  readonly connection: ApiConnection;
  readonly clock: Clock;
  /** The time of day, in milliseconds since 1970. */
  readonly now: () => number;
  readonly faults: Pick<FaultLog, 'warn'>;
  readonly metrics: Pick<Metrics, 'ownerEvent'>;
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface WaitingEvent {
  /** Of what is told by it. */
  readonly key: string;
  readonly event: object;
}

/** The API version by which each kind of owner is known; of others no Event is written. */
const OWNERS: ReadonlyMap<unknown, string> = new Map([
  ['Deployment', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
]);
/** With an account for each controller, or with one for all of them. */
const CONTROLLER = /^system:(?:serviceaccount:kube-system:[a-z-]+-controller|kube-controller-manager)$/;
const AGAIN_AFTER_MS = 10 * 60_000;
const MOST_REMEMBERED = 1_024;
const MOST_WAITING = 64;
/** What the API server takes of a note, in bytes; a character has up to four. */
const NOTE_BYTES = 1_024;
/** Of names and uids in Kubernetes. */
const LONGEST_NAME = 253;

export class OwnerEvents {
  readonly #options: OwnerEventsOptions;
  readonly #stopped = new AbortController();
  /** By owner and reason, the oldest first: when there was an Event. */
  readonly #told = new Map<string, number>();
  readonly #waiting: WaitingEvent[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: OwnerEventsOptions) {
    this.#options = options;
  }

  /** Never waits, never fails. */
  denied(review: Review, { message, causes }: Extract<Answer, { readonly allowed: false }>): void {
    const owner = CONTROLLER.test(review.userInfo.username) ? ownerOf(review) : undefined;
    if (owner === undefined || this.#stopped.signal.aborted) return;
    const reason = reasonOf(causes[0]?.reason ?? 'denied');
    const key = `${owner.uid} ${reason}`;
    if (this.#wasTold(key)) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#options.metrics.ownerEvent('dropped');
      return;
    }
    this.#remember(key);
    this.#waiting.push({ key, event: eventOf(review, owner, { reason, message, now: this.#options.now() }) });
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  /** What waits is dropped. */
  async close(): Promise<void> {
    this.#stopped.abort();
    this.#waiting.length = 0;
    await this.#writing;
  }

  #wasTold(key: string): boolean {
    const at = this.#told.get(key);
    return at !== undefined && this.#options.clock() - at < AGAIN_AFTER_MS;
  }

  #remember(key: string): void {
    this.#told.delete(key);
    this.#told.set(key, this.#options.clock());
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
  }

  async #writeAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const written = await this.#write(next.event);
      const isKnown = !written.ok && written.error.kind === 'conflict';
      this.#options.metrics.ownerEvent(written.ok ? 'written' : isKnown ? 'known' : 'failed');
      if (written.ok || isKnown) continue;
      this.#told.delete(next.key);
      this.#options.faults.warn('owner events', 'an Event cannot be written', { reason: faultText(written.error) });
    }
  }

  #write(event: object): Promise<Result<unknown, ApiFault>> {
    const { namespace } = metadataOf(event) ?? {};
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(String(namespace))}/events`;
    const { connection } = this.#options;
    return createObject({ connection, path, object: event, signal: this.#stopped.signal });
  }
}

/** The judge, whose denials to controllers are told on the owners; not those of dry runs, nor those that came too late. */
export function toldOnOwners(judge: Judge, events: OwnerEvents | undefined): Judge {
  if (events === undefined) return judge;
  return async (review, deadline, signal) => {
    const answer = await judge(review, deadline, signal);
    if (!answer.allowed && !review.dryRun && !signal.aborted) events.denied(review, answer);
    return answer;
  };
}

function ownerOf({ object, namespace }: Review): Owner | undefined {
  const references = metadataOf(object)?.['ownerReferences'];
  const controller: unknown = Array.isArray(references)
    ? references.find((reference) => isObject(reference) && reference['controller'] === true)
    : undefined;
  if (!isObject(controller) || namespace === '') return undefined;
  const { kind, name, uid, apiVersion } = controller;
  const known = OWNERS.get(kind);
  if (typeof kind !== 'string' || !isName(name) || !isName(uid)) return undefined;
  return known === undefined || apiVersion !== known ? undefined : { apiVersion: known, kind, namespace, name, uid };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME;
}

interface Denied {
  readonly reason: string;
  readonly message: string;
  readonly now: number;
}

function eventOf({ kind, namespace, name }: Review, owner: Owner, { reason, message, now }: Denied): object {
  const what = `${kind.kind}${name === '' ? '' : ` ${name}`}`;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: nameOf(owner, reason, now), namespace },
    // With microseconds, as MicroTime is written.
    eventTime: new Date(now).toISOString().replace('Z', '000Z'),
    type: 'Warning',
    reason,
    action: 'Admission',
    note: noteOf(`${what} was denied: ${message}`),
    regarding: owner,
    reportingController: 'cilium-bulkhead.io/webhook',
    reportingInstance: hostname().slice(0, 128) || 'unknown',
  };
}

/** Equal for the same owner and reason in the same ten minutes. */
function nameOf({ uid }: Owner, reason: string, now: number): string {
  const text = JSON.stringify([uid, reason, Math.floor(now / AGAIN_AFTER_MS)]);
  return `cilium-bulkhead-${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
}

function noteOf(text: string): string {
  const note = plainLines(text, NOTE_BYTES);
  return Buffer.byteLength(note) <= NOTE_BYTES ? note : plainLines(text, Math.floor(NOTE_BYTES / 4));
}

/** `label-churn` -> `LabelChurn`, as reasons of Events are written. */
function reasonOf(finding: string): string {
  return finding.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
