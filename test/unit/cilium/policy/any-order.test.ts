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
  leftOpen: (words: readonly Word[]) => `${words.length} words`,
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
  ['a deny that comes before all others hides them in that order alone', '- a b c d e', false],
  ['of many different specs one pair is enough for chance', 'a b c d e', false],
  ['of three that no order saves two may go together', 'b B a', true],
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

/** For each slot, the words of one spec each. */
function counted(slots: readonly (readonly string[])[]) {
  const counts = { merges: 0 };
  const counting = { ...MERGING, merge: (a: Word, b: Word) => ((counts.merges += 1), MERGING.merge(a, b)) };
  const order = new AnyOrder<Word, string>(counting);
  for (const [slot, words] of slots.entries()) {
    for (const [index, word] of words.entries()) {
      const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: `p${index}` } as const;
      order.note(String(slot), { word, origins: [{ object, field: 'spec' }] });
    }
  }
  return { clash: order.clash(), merges: counts.merges };
}

test('specs that say the same on a thousand ports are put into every order once', () => {
  const once = counted([['a', '-']]);
  const often = counted(Array.from({ length: 1000 }, () => ['a', '-']));
  assert.equal(once.clash, undefined);
  assert.deepEqual(often, once);
});

test('one spec with two rules is not taken for two specs with one each', () => {
  const order = new AnyOrder<Word, string>(MERGING);
  const note = (slot: string, word: string, name: string): void => {
    const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name } as const;
    order.note(slot, { word, origins: [{ object, field: 'spec' }] });
  };
  note('first', 'b', 'p');
  note('first', 'B', 'p');
  note('second', 'b', 'p');
  note('second', 'B', 'q');
  assert.deepEqual(order.clash(), { conflict: 'B and b', inEveryOrder: false });
});

test('more than anybody puts into every order is left open, with what was not looked at', () => {
  const words = Array.from({ length: 317 }, (_, index) => `w${index}`);
  const { clash, merges } = counted([words]);
  assert.deepEqual(clash, { conflict: '317 words', inEveryOrder: false });
  assert.equal(merges, 0);
});

test('what is left after many slots is left open, but a clash that no order avoids is still told', () => {
  const many = Array.from({ length: 300 }, (_, index) => `v${index}`);
  assert.deepEqual(counted([['a', 'b'], many, many.map((word) => `${word}!`)]).clash, {
    conflict: 'a and b',
    inEveryOrder: true,
  });
});

test('all orders of few specs count, slot by slot', () => {
  const clashIn = (slots: number) => {
    const order = new AnyOrder<Word, string>({ ...MERGING, merge: (earlier) => ok(earlier) });
    for (let slot = 0; slot < slots; slot += 1) {
      for (const name of 'abcd') {
        const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name } as const;
        order.note(String(slot), { word: `${name}${slot}`, origins: [{ object, field: 'spec' }] });
      }
    }
    return order.clash();
  };
  assert.equal(clashIn(1_000), undefined);
  assert.deepEqual(clashIn(1_100), { conflict: '4 words', inEveryOrder: false });
});

test('a slot costs as many merges as all orders of few specs have, or pairs of many, and nothing with one rule', () => {
  const isLeftOpen = (mostMerges: number, ...slots: readonly string[]): boolean => {
    const order = new AnyOrder<Word, string>(MERGING, mostMerges);
    for (const [slot, words] of slots.entries()) {
      for (const word of words) {
        const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: word } as const;
        order.note(String(slot), { word, origins: [{ object, field: 'spec' }] });
      }
    }
    return order.clash()?.conflict.endsWith('words') === true;
  };
  for (const [most, slots] of [
    [2 * 2, ['-a']],
    [3 * 6, ['-ab']],
    [4 * 24, ['-abc']],
    [5 * 5, ['-abcd']],
    [2 * 2, ['a', 'b', 'c', '-d']],
    [2 * 2 + 3 * 6, ['-a', '-bc']],
  ] as const) {
    assert.deepEqual([isLeftOpen(most, ...slots), isLeftOpen(most - 1, ...slots)], [false, true], slots.join());
  }
});
