/**
 * The prefixes from which nodes give addresses to pods, and which prefixes of a policy are about them.
 *
 * Blocks for private use as a whole, and what is around them, are named for what is outside of the cluster.
 * Cost: O(nodes log nodes) once; a question O(log nodes).
 */
import { containsPrefix, parsePrefix, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

/** RFC 1918, RFC 6598, RFC 4193. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const NODES_PER_PAUSE = 500;

export class PodPrefixes {
  /** By address; none lies in another. */
  readonly #sorted: readonly Prefix[];

  constructor(prefixes: Iterable<Prefix>) {
    const sorted: Prefix[] = [];
    for (const prefix of [...prefixes].sort(compareAddresses)) {
      const last = sorted.at(-1);
      if (last === undefined || !containsPrefix(last, prefix)) sorted.push(prefix);
    }
    this.#sorted = sorted;
  }

  /** Whether it lies in one of them, or has one in it and is meant for no more than a cluster. */
  isAboutPods(prefix: Prefix): boolean {
    const next = this.#firstFrom(prefix);
    const [before, at] = [this.#sorted[next - 1], this.#sorted[next]];
    if (before !== undefined && containsPrefix(before, prefix)) return true;
    if (at === undefined) return false;
    return containsPrefix(at, prefix) || (containsPrefix(prefix, at) && !isBroad(prefix));
  }

  /** The place of the first that does not come before it. */
  #firstFrom(prefix: Prefix): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = this.#sorted[middle];
      if (one !== undefined && compareAddresses(one, prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function* podPrefixesOf(view: ClusterView): Generator<Pause, PodPrefixes> {
  const prefixes: Prefix[] = [];
  let seen = 0;
  for (const { podPrefixes = [] } of view.nodes()) {
    if (++seen % NODES_PER_PAUSE === 0) yield PAUSE;
    for (const text of podPrefixes) {
      const prefix = parsePrefix(text);
      if (prefix !== undefined) prefixes.push(prefix);
    }
  }
  return new PodPrefixes(prefixes);
}

function isBroad(prefix: Prefix): boolean {
  return PRIVATE_BLOCKS.some((block) => containsPrefix(prefix, block));
}

const PRIVATE_BLOCKS: readonly Prefix[] = PRIVATE.flatMap((text) => parsePrefix(text) ?? []);

/** What is around a prefix comes before it. */
export function compareAddresses(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  const differing = a.bytes.findIndex((byte, position) => byte !== b.bytes[position]);
  return differing >= 0 ? (a.bytes[differing] ?? 0) - (b.bytes[differing] ?? 0) : a.bits - b.bits;
}
