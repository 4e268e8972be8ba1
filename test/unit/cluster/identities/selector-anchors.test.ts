/**
 * The selectors that an identity is held against.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelArray } from '../../../../src/cilium/identity/label.ts';
import { endpointSelector, matches, type EndpointSelector } from '../../../../src/cilium/policy/selector.ts';
import { SelectorAnchors } from '../../../../src/cluster/identities/selector-anchors.ts';

const keys = fc.constantFrom('app', 'tier', '__proto__');
const values = fc.constantFrom('a', 'b', 'c', 'constructor');
const sources = fc.constantFrom('k8s', 'any', 'cidrgroup');

/** The label that carries key and value of a CIDR group in one has a key of its own. */
const labels = fc
  .array(fc.record({ source: sources, key: fc.oneof(keys, fc.constant('app+a')), value: values }), { maxLength: 4 })
  .map(labelArray);

const requirements = fc.oneof(
  fc.record({
    source: sources,
    key: keys,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(values, { minLength: 1 }),
  }),
  fc.record({
    source: sources,
    key: keys,
    operator: fc.constantFrom('Exists', 'DoesNotExist'),
    values: fc.constant([]),
  }),
);

interface Item {
  readonly selector: EndpointSelector;
}

const items: fc.Arbitrary<Item> = fc
  .array(requirements, { maxLength: 3 })
  .map((written) => ({ selector: endpointSelector(written) }));

test('the candidates hold every selector that matches, once, and none that was deleted', () => {
  fc.assert(
    fc.property(
      fc.array(items, { maxLength: 8 }),
      fc.array(items, { maxLength: 4 }),
      labels,
      (kept, gone, identity) => {
        const anchors = new SelectorAnchors<Item>();
        for (const item of [...gone, ...kept]) anchors.add(item);
        for (const item of gone) anchors.delete(item);
        const candidates = [...anchors.candidates(identity)];
        const found = new Set(candidates);
        assert.equal(found.size, candidates.length);
        for (const item of gone) assert.ok(!found.has(item));
        for (const item of kept) assert.ok(found.has(item) || !matches(item.selector, identity), item.selector.key);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

test('an identity is not held against selectors of other namespaces', () => {
  const anchors = new SelectorAnchors<Item>();
  for (let index = 0; index < 100; index += 1) anchors.add({ selector: selectorIn(`team-${index}`, 'web') });
  const identity = labelArray([
    { source: 'k8s', key: 'app', value: 'web' },
    { source: 'k8s', key: 'namespace', value: 'team-7' },
  ]);
  assert.ok([...anchors.candidates(identity)].length <= 2);
});

function selectorIn(namespace: string, app: string): EndpointSelector {
  return endpointSelector([
    { source: 'any', key: 'app', operator: 'In', values: [app] },
    { source: 'k8s', key: 'namespace', operator: 'In', values: [namespace] },
  ]);
}
