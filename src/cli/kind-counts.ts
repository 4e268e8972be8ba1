/**
 * How many objects of each kind went by: `12 objects: 8 x Pod, 3 x Namespace, 1 x CiliumIdentity`.
 *
 * Kinds are those that are read, so that they are few.
 */
import { count } from '../checks/facts/wording.ts';
import { compareBytes } from '../cilium/identity/label.ts';

export class KindCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(kind: string): void {
    this.#total += 1;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** The most frequent first. */
  text(): string {
    const counts = [...this.#counts].sort(([a, some], [b, others]) => others - some || compareBytes(a, b));
    return `${count(this.#total, 'object')}: ${counts.map(([kind, objects]) => `${objects} x ${kind}`).join(', ')}`;
  }
}
