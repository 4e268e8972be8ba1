/**
 * How many tenants use how many identities, kept so that a fair share is found without looking at every tenant.
 *
 * Two Fenwick trees over the number of identities: how many tenants have so many, and how many identities these are together.
 * Invariant: holds each tenant once, under min(its identities, size); tenants without identities are not here.
 * Cost: O(log size) for a tenant that comes, goes or changes, and for a question.
 */

export class UseDistribution {
  readonly #size: number;
  readonly #tenants: Int32Array;
  readonly #identities: Int32Array;
  #tenantsInAll = 0;

  /** `size`: no tenant can have more identities. */
  constructor(size: number) {
    this.#size = size;
    this.#tenants = new Int32Array(size + 1);
    this.#identities = new Int32Array(size + 1);
  }

  /** A tenant that had so many identities has so many now. */
  move(use: { readonly before: number; readonly after: number }): void {
    if (use.before === use.after) return;
    this.#add(use.before, -1);
    this.#add(use.after, 1);
  }

  /**
   * The largest share for which all tenants together stay within a limit, if each has what it has and no more than the share.
   * Infinity: they do whatever they have.
   */
  fairShare(limit: number): number {
    let [share, tenants, identities] = [0, 0, 0];
    // What is below `share` is summed up already: the trees are descended from the largest step to the smallest.
    for (let step = largestPower(this.#size); step > 0; step >>= 1) {
      const next = share + step;
      if (next > this.#size) continue;
      const tenantsUpTo = tenants + (this.#tenants[next] ?? 0);
      const identitiesUpTo = identities + (this.#identities[next] ?? 0);
      if (identitiesUpTo + next * (this.#tenantsInAll - tenantsUpTo) > limit) continue;
      [share, tenants, identities] = [next, tenantsUpTo, identitiesUpTo];
    }
    return share === this.#size ? Infinity : share;
  }

  #add(identities: number, by: 1 | -1): void {
    const use = Math.min(identities, this.#size);
    if (use <= 0) return;
    this.#tenantsInAll += by;
    for (let at = use; at <= this.#size; at += at & -at) {
      this.#tenants[at] = (this.#tenants[at] ?? 0) + by;
      this.#identities[at] = (this.#identities[at] ?? 0) + by * use;
    }
  }
}

function largestPower(size: number): number {
  return 2 ** Math.floor(Math.log2(size));
}
