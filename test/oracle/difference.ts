/**
 * Two judged answers -> the lines that tell them apart.
 */
import { isDeepStrictEqual } from 'node:util';

type Judged = Readonly<Record<string, unknown>>;

export function* differenceLines(product: Judged, cilium: Judged): Generator<string> {
  for (const field of new Set([...Object.keys(product), ...Object.keys(cilium)])) {
    const mine = product[field];
    const theirs = cilium[field];
    if (isDeepStrictEqual(mine, theirs)) continue;
    if (Array.isArray(mine) && Array.isArray(theirs)) {
      yield `  ${field}: product only ${without(mine, theirs)}; Cilium only ${without(theirs, mine)}`;
    } else {
      yield `  ${field}: product ${JSON.stringify(mine)}; Cilium ${JSON.stringify(theirs)}`;
    }
  }
}

function without(list: readonly unknown[], other: readonly unknown[]): string {
  const printed = new Set(other.map((one) => JSON.stringify(one)));
  return JSON.stringify(list.filter((one) => !printed.has(JSON.stringify(one))));
}
