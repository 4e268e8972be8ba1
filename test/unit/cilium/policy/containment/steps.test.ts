/**
 * How many looks at a cover a search takes: where it is bounded, what it takes to decide a question is part of the answer.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from '../../../../../src/cilium/budget.ts';
import { addressGroups, findAddress } from '../../../../../src/cilium/policy/containment/addresses.ts';
import { ANY_VALUE, perhaps } from '../../../../../src/cilium/policy/containment/domain.ts';
import { findEscape, type Term } from '../../../../../src/cilium/policy/containment/search.ts';
import { facts, requirement } from './build.ts';

function term(...texts: readonly string[]): Term {
  return texts.map(requirement);
}

/** A requirement that counts as so many. */
function wide(size: number, text: string): Term {
  const values = Array.from({ length: size - 1 }, (_, index) => `v${index}`);
  return term(`${text} ${values.join()}`);
}

interface Took {
  readonly steps: number;
  readonly found: boolean;
}

function took(ask: (budget: Budget) => { readonly kind: 'found' | 'none' | 'exhausted' }): Took {
  for (let steps = 0; ; steps += 1) {
    const { kind } = ask(new Budget(steps));
    if (kind !== 'exhausted') return { steps, found: kind === 'found' };
  }
}

// Labels that may have any value, or be absent.

const domainOf = () => perhaps(['k8s', ANY_VALUE]);

interface Row {
  readonly says: string;
  readonly target?: Term;
  readonly covers: readonly Term[];
  readonly is: readonly [steps: number, answer: 'found' | 'none'];
}

const longCover = term('k8s:a=x', 'k8s:b=x', 'k8s:c=x');
const shortCovers = [term('k8s:c=x', 'k8s:d=x'), term('!k8s:a', 'k8s:d notin x'), term('k8s:a notin x', 'k8s:b=x')];

/** So many pigeons, each in one of the holes, which are one fewer, and no two in one. */
function pigeons(count: number): Pick<Row, 'target' | 'covers'> {
  const keys = Array.from({ length: count }, (_, index) => `k8s:key-${index}`);
  const holes = Array.from({ length: count - 1 }, (_, index) => `v${index}`);
  const pairs = keys.flatMap((left, index) => keys.slice(index + 1).map((right) => [left, right] as const));
  return {
    target: keys.flatMap((key) => term(`${key} in ${holes.join()}`)),
    covers: holes.flatMap((hole) => pairs.map(([left, right]) => term(`${left}=${hole}`, `${right}=${hole}`))),
  };
}

const ROWS: readonly Row[] = [
  { says: 'a short target is free', target: wide(15, 'k8s:app in'), covers: [], is: [0, 'found'] },
  {
    says: 'sixteen requirements and values are one look',
    target: wide(16, 'k8s:app in'),
    covers: [],
    is: [1, 'found'],
  },
  { says: 'so are those up to the next', target: wide(31, 'k8s:app in'), covers: [], is: [1, 'found'] },
  { says: 'each cover is looked at', covers: [term('k8s:a=x'), term('k8s:a=y')], is: [2, 'found'] },
  {
    says: 'and again where others have changed what may fail',
    covers: [term('k8s:a=x', 'k8s:b=x'), term('k8s:a notin x')],
    is: [3, 'found'],
  },
  {
    says: 'what cannot fail any more is no choice',
    target: term('k8s:a=x'),
    covers: [term('k8s:a=x', 'k8s:b=x'), term('k8s:b=y', 'k8s:a=x')],
    is: [2, 'found'],
  },
  {
    says: 'a cover that cannot fail ends the search',
    target: term('k8s:a=x'),
    covers: [term('k8s:a=x'), ...shortCovers],
    is: [1, 'none'],
  },
  { says: 'the shortest cover is failed first', covers: [longCover, ...shortCovers, longCover], is: [10, 'found'] },
  { says: 'three pigeons are soon placed', ...pigeons(3), is: [17, 'none'] },
  { says: 'four take more', ...pigeons(4), is: [174, 'none'] },
];

for (const { says, target = [], covers, is } of ROWS) {
  test(`labels: ${says}`, () => {
    const { steps, found } = took((budget) => findEscape(target, covers, { domainOf, budget }));
    assert.deepEqual([steps, found ? 'found' : 'none'], is);
  });
}

// Addresses.

const WORLD = term('reserved:world');
const TEN = term('reserved:world', 'cidr:10.0.0.0/8');

interface AddressRow extends Pick<Row, 'says' | 'covers' | 'is'> {
  readonly targets: readonly Term[];
}

const ADDRESS_ROWS: readonly AddressRow[] = [
  {
    says: 'four requirements and values are one look, and each piece is another',
    targets: [wide(4, 'k8s:app notin')],
    covers: [],
    is: [2, 'found'],
  },
  { says: 'fewer are none', targets: [wide(3, 'k8s:app notin')], covers: [], is: [1, 'found'] },
  {
    says: 'those of all that is asked for count together',
    targets: [wide(2, 'k8s:app notin'), wide(2, 'k8s:app in')],
    covers: [],
    is: [2, 'found'],
  },
  { says: 'what is taken whole is not looked at', targets: [TEN], covers: [WORLD], is: [0, 'none'] },
  {
    says: 'nor is it where what else the cover says holds for every address',
    targets: [TEN],
    covers: [term('!k8s:app')],
    is: [0, 'none'],
  },
  {
    says: 'a cover that takes no address is not looked at',
    targets: [TEN],
    covers: [term('k8s:app=x'), term('k8s:app', 'cidr:10.0.0.0/16')],
    is: [1, 'found'],
  },
  {
    says: 'each piece is looked at with the covers that take a part of it',
    targets: [TEN],
    covers: [term('fqdn:a'), term('cidr:10.0.0.0/16', '!fqdn:a', '!fqdn:b'), term('cidr:10.0.0.0/9', '!fqdn:a')],
    is: [9, 'found'],
  },
];

for (const { says, targets, covers, is } of ADDRESS_ROWS) {
  test(`addresses: ${says}`, () => {
    const groups = facts().worlds.flatMap((world) => addressGroups(world, facts()));
    const [group] = groups;
    assert.ok(group !== undefined && groups.length === 1);
    const { steps, found } = took((budget) => findAddress(targets, covers, group, budget));
    assert.deepEqual([steps, found ? 'found' : 'none'], is);
  });
}
