/**
 * What a test file imports in the place of node:test while mutants are tried: its tests are held, so that each can be run again for
 * every mutant that it reaches.
 */
export interface HeldTest {
  readonly name: string;
  readonly run: (context: object) => unknown;
}

type Body = (context: object) => unknown;

const held: HeldTest[] = [];
const suites: string[] = [];

export function test(name: string, ...rest: readonly unknown[]): void {
  held.push({ name: [...suites, name].join(' > '), run: bodyOf(rest) });
}

export function suite(name: string, ...rest: readonly unknown[]): void {
  suites.push(name);
  bodyOf(rest)({});
  suites.pop();
}

export { suite as describe };

/** Of the files that were loaded, in that order. */
export function heldTests(): readonly HeldTest[] {
  return held;
}

/** With options before it, or without. */
function bodyOf(rest: readonly unknown[]): Body {
  const body = rest.find((one) => typeof one === 'function');
  if (body === undefined) throw new Error('a test without a body');
  return body as Body;
}
