import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnyOrder, type Said } from '../../../../src/cilium/policy/any-order.ts';
import { fail, ok } from '../../../../src/cilium/result.ts';

/** `-` takes all in; two different letters can't be merged; `b` comes before `B` or the two exclude each other. */
interface Word extends Said {
  readonly word: string;
}

const MERGING = {
  formOf: ({ word }: Word) => word,
  merge: (earlier: Word, later: Word) => {
    if (earlier.word === '-' || later.word === '-') return ok({ ...earlier, word: '-' });
    const goTogether = earlier.word === later.word || (earlier.word === 'b' && later.word === 'B');
    return goTogether ? ok(earlier) : fail(`${earlier.word} and ${later.word}`);
  },
};

/** One object with one spec for each word of `specs`, whose letters are its rules. */
function clashOf(specs: string, field = 'spec') {
  const order = new AnyOrder<Word, string>(MERGING);
  for (const [index, letters] of specs.split(' ').entries()) {
    const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: `p${index}` } as const;
    for (const word of letters) order.note('slot', { word, origins: [{ object, field: `${field}.egress[0]` }] });
  }
  return order.clash();
}

const CASES: readonly (readonly [says: string, specs: string, inEveryOrder: boolean | undefined])[] = [
  ['rules that say the same never clash', 'a a a', undefined],
  ['rules that exclude each other clash in every order', 'a b', true],
  ['a deny that may come first makes it chance', 'a b -', false],
  ['a deny and one allow never clash', 'a -', undefined],
  ['what depends on which comes first is chance', 'b B', false],
  ['rules of one spec stand in their order', 'bB', undefined],
  ['rules of one spec stand in their order, though they clash in it', 'Bb', true],
  ['a deny in the spec itself comes in its place', '-ab', undefined],
  ['a deny between two that exclude each other keeps them apart', 'a-b', undefined],
  ['of many different specs one pair is enough for chance', 'a b c d e', false],
  ['many specs that say the same are one', 'a a a a a a - -', undefined],
  ['many different specs that say the same in the end never clash', 'a aa aaa aaaa aaaaa aaaaaa', undefined],
  ['four different specs are looked at in every order', 'a b c d', true],
];

for (const [says, specs, inEveryOrder] of CASES) {
  test(`${says}: ${specs}`, () => {
    assert.equal(clashOf(specs)?.inEveryOrder, inEveryOrder);
  });
}

test('many different specs are not put into every order', () => {
  let merges = 0;
  const counting = { ...MERGING, merge: (a: Word, b: Word) => ((merges += 1), MERGING.merge(a, b)) };
  const order = new AnyOrder<Word, string>(counting);
  for (const word of 'abcdefghi') {
    const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: word } as const;
    order.note('slot', { word, origins: [{ object, field: 'spec' }] });
  }
  assert.equal(order.clash()?.inEveryOrder, false);
  assert.ok(merges <= 9 * 9, `${merges} merges`);
});

test('a clash says what excludes what', () => {
  assert.deepEqual(clashOf('a b'), { conflict: 'a and b', inEveryOrder: true });
});

test('specs of one object are told apart, and slots do not meet', () => {
  const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' } as const;
  const said = (word: string, spec: string): Word => ({ word, origins: [{ object, field: `${spec}.egress[0]` }] });
  const order = new AnyOrder<Word, string>(MERGING);
  order.note('one', said('b', 'specs[0]'));
  order.note('two', said('x', 'specs[0]'));
  assert.equal(order.clash(), undefined);
  order.note('one', said('B', 'specs[1]'));
  assert.equal(order.clash()?.inEveryOrder, false);
});

test('a clash that no order avoids is told before one that some do', () => {
  const order = new AnyOrder<Word, string>(MERGING);
  const note = (slot: string, word: string, name: string): void => {
    const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name } as const;
    order.note(slot, { word, origins: [{ object, field: 'spec' }] });
  };
  note('first', 'b', 'p');
  note('first', 'B', 'q');
  note('second', 'a', 'p');
  note('second', 'c', 'q');
  assert.deepEqual(order.clash(), { conflict: 'a and c', inEveryOrder: true });
});
