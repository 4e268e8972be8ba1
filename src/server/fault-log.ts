/**
 * The log of what may go wrong with every request: faults of our own code, each of which is a bug, overload, and what clients
 * do at the door. Of each kind the first few of a minute are logged.
 *
 * A bug that every request meets must not fill the disk of a node with log lines, and must not hide another bug: each kind
 * has a minute of its own. The first line of the next minute says how many of its kind were left out; the metrics, which
 * are the caller's business, count every one at once.
 * Invariant: kinds come from our own lists, never from a request, so that their number is bounded.
 */
import type { Kind } from '../cilium/objects.ts';
import type { CheckId, FindingId } from '../checks/facts/finding-facts.ts';
import type { Logger, LogFields } from '../log.ts';
import type { Clock } from '../cluster/clock.ts';
import type { HandshakeFault } from './tls/handshake-faults.ts';

const WINDOW_MS = 60_000;
const LOGGED_PER_WINDOW = 10;

/** One bug in one check is no reason not to hear of one in another. */
export type FaultKind =
  | 'request'
  | 'review'
  | 'overload'
  | 'connections'
  | 'decision log'
  | 'owner events'
  | 'lease'
  | `watch ${Kind}`
  | `object ${Kind}`
  | `handshake ${HandshakeFault}`
  | `check ${CheckId}`
  | `replay ${FindingId}`;

export interface FaultLogOptions {
  readonly log: Pick<Logger, 'error' | 'warn'>;
  readonly clock: Clock;
}

interface Window {
  readonly endMs: number;
  faults: number;
}

export class FaultLog {
  readonly #options: FaultLogOptions;
  readonly #windows = new Map<FaultKind, Window>();

  constructor(options: FaultLogOptions) {
    this.#options = options;
  }

  /** As an error: something of ours is wrong. */
  record(kind: FaultKind, message: string, fields: LogFields): void {
    this.#note(kind, fields, (told) => this.#options.log.error(message, told));
  }

  /** As a warning: somebody else does what an operator should look at. */
  warn(kind: FaultKind, message: string, fields: LogFields): void {
    this.#note(kind, fields, (told) => this.#options.log.warn(message, told));
  }

  #note(kind: FaultKind, fields: LogFields, write: (fields: LogFields) => void): void {
    const { clock } = this.#options;
    const now = clock();
    const current = this.#windows.get(kind);
    if (current !== undefined && now < current.endMs) {
      current.faults += 1;
      if (current.faults <= LOGGED_PER_WINDOW) write(fields);
      return;
    }
    this.#windows.set(kind, { endMs: now + WINDOW_MS, faults: 1 });
    const notLogged = (current?.faults ?? 0) - LOGGED_PER_WINDOW;
    write(notLogged > 0 ? { ...fields, notLogged } : fields);
  }
}
