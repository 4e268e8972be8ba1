/**
 * What is read again and again, and kept up: the serving certificate, the configuration.
 *
 * Files are polled by content: a mount of a Secret or a ConfigMap swaps a symbolic link, which watches of the file itself do not
 * see. Invariant: current() is always the last that could be used. A fault is told once, until there is none again; what has it is
 * read again at each poll.
 */

/** What came of one reading; `value` absent: what is in use already, or nothing that can be used. */
export interface Reading<Value, Fault> {
  readonly value?: Value | undefined;
  readonly faults: readonly Fault[];
}

export interface KeptUpOptions<Value, Fault> {
  readonly first: Value;
  readonly pollMs: number;
  readonly read: (current: Value) => Promise<Reading<Value, Fault>>;
  /** Equal for faults that are the same. */
  readonly keyOf: (fault: Fault) => string;
  readonly onFault: (fault: Fault) => void;
  /** After faults: there is none any more. */
  readonly onRecovered: () => void;
}

export class KeptUp<Value, Fault> {
  readonly #options: KeptUpOptions<Value, Fault>;
  readonly #listeners = new Set<(value: Value) => void>();
  readonly #timer: NodeJS.Timeout;
  #current: Value;
  #lastFaults: ReadonlySet<string> = new Set();
  #refreshing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(options: KeptUpOptions<Value, Fault>) {
    this.#options = options;
    this.#current = options.first;
    this.#timer = setInterval(() => void this.refresh(), options.pollMs).unref();
  }

  current(): Value {
    return this.#current;
  }

  /** Returns how to stop listening. */
  onChange(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads it now. Calls while that is under way, which may have read already, share the outcome of another behind it. */
  refresh(): Promise<void> {
    if (this.#refreshing === undefined) {
      this.#refreshing = this.#poll().finally(() => (this.#refreshing = undefined));
      return this.#refreshing;
    }
    this.#next ??= this.#refreshing.then(() => {
      this.#next = undefined;
      return this.refresh();
    });
    return this.#next;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  async #poll(): Promise<void> {
    const { value, faults } = await this.#options.read(this.#current);
    this.#report(faults);
    if (value === undefined) return;
    this.#current = value;
    for (const listener of this.#listeners) listener(value);
  }

  /** Of the faults of a poll, those that the poll before did not have. */
  #report(faults: readonly Fault[]): void {
    const { keyOf, onFault, onRecovered } = this.#options;
    const known = this.#lastFaults;
    this.#lastFaults = new Set(faults.map(keyOf));
    if (known.size > 0 && faults.length === 0) onRecovered();
    for (const fault of faults) if (!known.has(keyOf(fault))) onFault(fault);
  }
}
