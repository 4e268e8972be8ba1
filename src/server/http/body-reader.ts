/**
 * Reads the body of a request into memory, within two limits.
 *
 * A body may have up to `limitBytes`, whether it says so or not. All bodies together share a budget, of which the first
 * 64 KiB of each are free: ordinary reviews always fit, and somebody who sends large bodies slowly takes room from other
 * large bodies only. The number of connections bounds the free part.
 * Invariant: nothing of a body is kept after any outcome but `complete`, and the rest of it is read and thrown away.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

export type BodyOutcome =
  /** `release` gives the room back: call it once, when nothing made from the body is held any more. */
  | { readonly kind: 'complete'; readonly body: Buffer; readonly release: () => void }
  | { readonly kind: 'too-large' }
  /** No room left. The head is what had been read; it may hold enough to answer. */
  | { readonly kind: 'no-room'; readonly head: Buffer }
  /** The client went away. */
  | { readonly kind: 'aborted' };

const FREE_BYTES = 64 * 1024;

/** Room for the bodies that are in memory at one time. */
export class BodyBudget {
  readonly #limitBytes: number;
  #takenBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  tryTake(bytes: number): boolean {
    if (this.#takenBytes + bytes > this.#limitBytes) return false;
    this.#takenBytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#takenBytes -= bytes;
  }
}

/** What of a request is needed here. */
export type IncomingBody = Readable & { readonly headers: IncomingHttpHeaders };

export interface BodyLimits {
  readonly limitBytes: number;
  readonly budget: BodyBudget;
}

export function readBody(request: IncomingBody, { limitBytes, budget }: BodyLimits): Promise<BodyOutcome> {
  if (declaredLength(request) > limitBytes) {
    request.resume();
    return Promise.resolve({ kind: 'too-large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let takenBytes = 0;
    const release = (): void => budget.giveBack(takenBytes);

    function finish(outcome: BodyOutcome): void {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      if (outcome.kind !== 'complete') {
        release();
        chunks.length = 0;
        request.resume();
      }
      resolve(outcome);
    }
    function onData(chunk: Buffer): void {
      length += chunk.length;
      if (length > limitBytes) {
        finish({ kind: 'too-large' });
        return;
      }
      chunks.push(chunk);
      const wantedBytes = Math.max(0, length - FREE_BYTES) - takenBytes;
      if (budget.tryTake(wantedBytes)) takenBytes += wantedBytes;
      else finish({ kind: 'no-room', head: chunks[0] ?? chunk });
    }
    const onEnd = (): void => finish({ kind: 'complete', body: joined(chunks, length), release });
    const onClose = (): void => finish({ kind: 'aborted' });

    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

function declaredLength(request: IncomingBody): number {
  return Number(request.headers['content-length'] ?? 0);
}

function joined(chunks: readonly Buffer[], length: number): Buffer {
  const [only, ...others] = chunks;
  return only !== undefined && others.length === 0 ? only : Buffer.concat(chunks, length);
}
