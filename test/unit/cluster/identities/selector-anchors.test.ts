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

const prefixes = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16');

/** The label that carries key and value of a CIDR group in one has a key of its own. */
const ofPods = fc.record({
  source: sources,
  key: fc.oneof({ arbitrary: keys, weight: 4 }, fc.constantFrom('app+a', 'world', 'world-ipv6', 'host', 'remote-node')),
  value: values,
});
const labels = fc
  .array(fc.oneof(ofPods, fc.record({ source: fc.constant('cidr'), key: prefixes, value: fc.constant('') })), {
    maxLength: 4,
  })
  .map((list) => labelArray(list));

const requirements = fc.oneof(
  fc.record(
    {
      source: sources,
      key: keys,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.uniqueArray(values, { minLength: 1 }),
      encoded: fc.constant(true as const),
    },
    { requiredKeys: ['source', 'key', 'operator', 'values'] },
  ),
  fc.record({
    source: sources,
    key: keys,
    operator: fc.constantFrom('Exists', 'DoesNotExist'),
    values: fc.constant([]),
  }),
  fc.record({
    source: fc.constant('cidr'),
    key: prefixes,
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.constant([]),
  }),
);

interface Item {
  readonly selector: EndpointSelector;
}

const items: fc.Arbitrary<Item> = fc
  .record({
    written: fc.array(requirements, { maxLength: 3 }),
    origin: fc.constantFrom('labels', 'labels', 'cidr', 'cidr-or-node', 'fqdn'),
  })
  .map(({ written, origin }) => ({ selector: endpointSelector(written, origin) }));

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
    { seed: 7, numRuns: 2000 },
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

test('an identity of pods is held against no selector of a prefix, and against those of a label only where it has that', () => {
  const anchors = new SelectorAnchors<Item>();
  for (let index = 0; index < 100; index += 1) {
    const prefix = { source: 'cidr', key: `10.0.${index}.0/24`, operator: 'Exists', values: [] } as const;
    anchors.add({ selector: endpointSelector([prefix], index % 2 === 0 ? 'cidr' : 'labels') });
    anchors.add({ selector: endpointSelector([{ ...prefix, source: 'k8s', key: `feature-${index}` }]) });
  }
  const identity = labelArray([{ source: 'k8s', key: 'feature-7', value: 'on' }]);
  assert.equal([...anchors.candidates(identity)].length, 1);
});

function selectorIn(namespace: string, app: string): EndpointSelector {
  return endpointSelector([
    { source: 'any', key: 'app', operator: 'In', values: [app] },
    { source: 'k8s', key: 'namespace', operator: 'In', values: [namespace] },
  ]);
}
