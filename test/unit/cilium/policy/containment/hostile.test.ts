/**
 * Selectors that nobody writes but to hurt. Each of these took from ten seconds to minutes when the cost of a selector was
 * the square of its length; the bound is far above what they take now. It is one of the processor's time: a busy machine takes
 * longer, and works no more.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  endpointSelector,
  exists,
  type EndpointSelector,
  type Requirement,
} from '../../../../../src/cilium/policy/selector.ts';
import { facts, NAMESPACE, selector, uncovered } from './build.ts';
import { processorMs } from '../../../../support/processor-time.ts';

const BOUND_MS = 2_000;
const MANY = 20_000;

function many(requirement: (index: number) => Requirement): EndpointSelector {
  return endpointSelector(Array.from({ length: MANY }, (_, index) => requirement(index)));
}

function notIn(key: string, values: readonly string[]): Requirement {
  return { source: 'any', key, operator: 'NotIn', values };
}

function address(index: number): string {
  return `10.${index >> 8}.${index & 255}.0/24`;
}

const allValues = Array.from({ length: MANY }, (_, index) => `v${index}`);
const world: Requirement = exists('reserved', 'world');

const TARGETS: readonly (readonly [says: string, target: EndpointSelector])[] = [
  ['a requirement on each of many keys', many((index) => notIn(`key-${index}`, ['a', 'b']))],
  ['many requirements on one key', many((index) => notIn('app', [`v${index}`]))],
  ['one requirement with many values left out', endpointSelector([notIn('app', allValues)])],
  [
    'one requirement with many values',
    endpointSelector([{ source: 'any', key: 'app', operator: 'In', values: allValues }]),
  ],
  [
    'the world but for many prefixes',
    endpointSelector(
      [
        world,
        ...Array.from({ length: MANY }, (_, index): Requirement => ({
          ...exists('cidr', address(index)),
          operator: 'DoesNotExist',
        })),
      ],
      'cidr',
    ),
  ],
];

const covers = [
  selector('any:app=db'),
  selector(`${NAMESPACE} notin a,b`, 'any:app=web'),
  selector('any:app notin v1,v2,v3', 'any:tier=front'),
  endpointSelector([exists('cidr', '10.0.0.0/8')], 'cidr'),
];

for (const [says, target] of TARGETS) {
  test(`${says}: decided or given up soon, and never taken for covered`, () => {
    const tookMs = processorMs(() => {
      for (const version of ['1.18.13', '1.20.2']) {
        assert.notEqual(uncovered(target, covers, facts(version, { ipv6: true })).kind, 'covered');
      }
    });
    assert.ok(tookMs < BOUND_MS, `${tookMs} ms`);
  });
}

test('a selector of ordinary length is not charged for it: a hundred values leave the search exact', () => {
  const target = endpointSelector([{ source: 'any', key: 'app', operator: 'In', values: allValues.slice(0, 100) }]);
  const each = allValues.slice(0, 100).map((value) => selector(`any:app=${value}`));
  assert.equal(uncovered(target, each, facts()).kind, 'covered');
  assert.equal(uncovered(target, each.slice(1), facts()).kind, 'uncovered');
});
