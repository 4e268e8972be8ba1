/**
 * Who is in a policy class, those that are in use first.
 *
 * Most questions about a class are whether it has an endpoint at all, and after a rush of new labels most of its identities are
 * unused: who asks for one that is in use has it with the first, and that there is none is known without a look at any.
 * Cost: O(1) for one that comes, goes, or changes its standing.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

export class MembersByUse implements Iterable<NumericIdentity> {
  readonly #used = new Set<NumericIdentity>();
  readonly #unused = new Set<NumericIdentity>();

  get size(): number {
    return this.#used.size + this.#unused.size;
  }

  get used(): ReadonlySet<NumericIdentity> {
    return this.#used;
  }

  has(identity: NumericIdentity): boolean {
    return this.#used.has(identity) || this.#unused.has(identity);
  }

  /** One that is there already gets this standing. */
  put(identity: NumericIdentity, isUsed: boolean): void {
    (isUsed ? this.#unused : this.#used).delete(identity);
    (isUsed ? this.#used : this.#unused).add(identity);
  }

  delete(identity: NumericIdentity): void {
    this.#used.delete(identity);
    this.#unused.delete(identity);
  }

  *[Symbol.iterator](): Iterator<NumericIdentity> {
    yield* this.#used;
    yield* this.#unused;
  }
}
