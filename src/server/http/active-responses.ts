/**
 * The requests that are being answered, so that a drain can wait for them and close their connections behind them.
 *
 * Invariant: once closing, every response that has not been sent yet carries `Connection: close`.
 */
import type { ServerResponse } from 'node:http';

export class ActiveResponses {
  readonly #responses = new Set<ServerResponse>();
  readonly #whenIdle = new Set<() => void>();
  #closing = false;

  add(response: ServerResponse): void {
    this.#responses.add(response);
    if (this.#closing) closeAfter(response);
    response.once('close', () => {
      this.#responses.delete(response);
      if (this.#responses.size > 0) return;
      for (const resolve of this.#whenIdle) resolve();
      this.#whenIdle.clear();
    });
  }

  /** How many requests are being answered. */
  get count(): number {
    return this.#responses.size;
  }

  closeEachAfterItsAnswer(): void {
    this.#closing = true;
    for (const response of this.#responses) closeAfter(response);
  }

  /** Resolves when nothing is being answered. */
  idle(): Promise<void> {
    if (this.#responses.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.add(resolve));
  }
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
