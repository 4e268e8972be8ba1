import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  containsPrefix,
  formatPrefix,
  parsePrefix,
  type Prefix,
} from '../../../../../src/cilium/policy/prefixes/cidr.ts';
import { EVERYWHERE, PrefixOrder, stretchOf } from '../../../../../src/cilium/policy/prefixes/prefix-order.ts';

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  assert.ok(prefix !== undefined);
  return prefix;
}

/** Few of them among thousands of places, so that one prefix has many items and chunks are split and emptied. */
const placed = fc
  .record({ third: fc.nat(3), bits: fc.constantFrom(8, 22, 24, 32) })
  .map(({ third, bits }) => prefixOf(`10.1.${third}.0/${bits}`));

test('what lies inside a prefix is found among thousands that come and go', () => {
  fc.assert(
    fc.property(
      fc.array(placed, { minLength: 2_000, maxLength: 4_000 }),
      fc.nat(4),
      placed,
      (prefixes, keep, asked) => {
        const order = new PrefixOrder<number>();
        for (const [item, prefix] of prefixes.entries()) order.add(prefix, item);
        const isLeft = (item: number): boolean => item % 5 <= keep;
        for (const [item, prefix] of prefixes.entries()) if (!isLeft(item)) order.remove(prefix, item);
        const left = [...prefixes.entries()].filter(([item]) => isLeft(item));
        const inside = left.filter(([, prefix]) => containsPrefix(asked, prefix)).map(([item]) => item);
        assert.deepEqual(
          [...order.between(stretchOf(asked))].sort((a, b) => a - b),
          inside,
        );
        const same = left.filter(([, prefix]) => formatPrefix(prefix) === formatPrefix(asked)).map(([item]) => item);
        assert.deepEqual(
          [...order.at(asked)].sort((a, b) => a - b),
          same,
        );
      },
    ),
    { seed: 11, numRuns: 40 },
  );
});

test('a chunk that runs empty in the middle takes none of its neighbours along', () => {
  const order = new PrefixOrder<number>();
  const prefixes = Array.from({ length: 4_000 }, (_, item) => prefixOf(`10.${item >> 8}.${item & 255}.0/24`));
  for (const [item, prefix] of prefixes.entries()) order.add(prefix, item);
  const isGone = (item: number): boolean => item >= 700 && item < 2_900;
  for (const [item, prefix] of prefixes.entries()) if (isGone(item)) order.remove(prefix, item);
  const left = [...prefixes.keys()].filter((item) => !isGone(item));
  assert.deepEqual([...order.between(EVERYWHERE)], left);
});
