/**
 * Quantiles, and ratios of two things that were measured side by side.
 *
 * Only such ratios mean something on a machine that does other work too: what slows a round slows both sides of it.
 */
export interface Estimate {
  readonly value: number;
  /** 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
}

export interface Pair {
  readonly measured: number;
  readonly baseline: number;
}

/** The smallest value that at least this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('no values to take a quantile of');
  return value;
}

/** Geometric mean of the ratios of the rounds, with Student's interval around the mean of their logarithms. */
export function ratio(rounds: readonly Pair[]): Estimate {
  const logarithms = rounds.map(({ measured, baseline }) => Math.log(measured / baseline));
  const count = logarithms.length;
  if (count < 2) throw new Error('an interval needs two rounds at least');
  const mean = sum(logarithms) / count;
  const variance = sum(logarithms.map((value) => (value - mean) ** 2)) / (count - 1);
  const half = studentQuantile(count - 1) * Math.sqrt(variance / count);
  return { value: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/**
 * The 97.5 % quantile of Student's distribution, by the first terms of its expansion around the normal one (Abramowitz and
 * Stegun 26.7.5): right to 1 % from four degrees of freedom on, which is less than noise.
 */
function studentQuantile(degrees: number): number {
  const z = 1.959964;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
