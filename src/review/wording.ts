/**
 * Numbers as a message says them.
 */

/** `1 pod`, `12 pods`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** 37 -> 40, 2311 -> 2000: what a tenant may read about identities of others. */
export function roundedToOneDigit(number: number): number {
  if (number < 10) return number;
  const unit = 10 ** Math.floor(Math.log10(number));
  return Math.round(number / unit) * unit;
}
