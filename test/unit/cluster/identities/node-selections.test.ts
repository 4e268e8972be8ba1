/**
 * What a selector selects among the identities that every agent knows, against holding it against each of them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelArray, type Label, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import { cidrLabelKey, parsePrefix, type Prefix } from '../../../../src/cilium/policy/prefixes/cidr.ts';
import { endpointSelector, exists, matches, type EndpointSelector } from '../../../../src/cilium/policy/selector.ts';
import { NodeSelections } from '../../../../src/cluster/identities/node-selections.ts';
import { processorMs } from '../../../support/processor-time.ts';

const world: Label = { source: 'reserved', key: 'world', value: '' };

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  assert.ok(prefix !== undefined);
  return prefix;
}

/** Few of them, so that they lie in each other and end where others end. */
const prefixes = fc.oneof(
  fc
    .record({ end: fc.constantFrom(0, 255), bits: fc.constantFrom(1, 8, 13, 24, 31, 32) })
    .map(({ end, bits }) => prefixOf(`10.${end}.3.${end}/${bits}`)),
  fc
    .record({ end: fc.constantFrom('0', 'ffff'), bits: fc.constantFrom(7, 16, 100, 128) })
    .map(({ end, bits }) => prefixOf(`fd00:${end}::${end}/${bits}`)),
);

const identities = fc.uniqueArray(prefixes, { selector: cidrLabelKey, maxLength: 12 }).map((list) => ({
  labels: new Map<number, LabelArray>([
    [1, labelArray([{ source: 'reserved', key: 'host', value: '' }])],
    [2, labelArray([world])],
    ...list.map((prefix, index): [number, LabelArray] => [
      100 + index,
      labelArray([world, { source: 'cidr', key: cidrLabelKey(prefix), value: '' }]),
    ]),
  ]),
  prefixes: list.map((prefix, index): [number, Prefix] => [100 + index, prefix]),
}));

const requirements = fc.oneof(
  fc.record({
    source: fc.constant('cidr'),
    key: fc.oneof(prefixes.map(cidrLabelKey), fc.constant('no prefix')),
    operator: fc.constantFrom('Exists', 'DoesNotExist'),
    values: fc.constant([]),
  }),
  fc.record({
    source: fc.constantFrom('any', 'reserved', 'cidr'),
    key: fc.oneof(fc.constantFrom('world', 'host'), prefixes.map(cidrLabelKey)),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.constantFrom([''], ['x']),
  }),
  fc.record({
    source: fc.constantFrom('any', 'reserved'),
    key: fc.oneof(fc.constantFrom('world', 'host'), prefixes.map(cidrLabelKey)),
    operator: fc.constantFrom('Exists', 'DoesNotExist'),
    values: fc.constant([]),
  }),
);

const selectors: fc.Arbitrary<EndpointSelector> = fc
  .record({
    written: fc.array(requirements, { minLength: 1, maxLength: 4 }),
    origin: fc.constantFrom('labels', 'cidr'),
  })
  .map(({ written, origin }) => endpointSelector(written, origin));

interface Identities {
  readonly labels: ReadonlyMap<number, LabelArray>;
  readonly prefixes: readonly (readonly [number, Prefix])[];
}

function selectionsAmong({ labels, prefixes: prefixed }: Identities): NodeSelections {
  const selections = new NodeSelections();
  const prefixById = new Map(prefixed);
  for (const [id, array] of labels) selections.add(id, array, prefixById.get(id));
  return selections;
}

test('a selector selects exactly the identities whose labels it matches', () => {
  fc.assert(
    fc.property(identities, selectors, fc.nat(15), (among, selector, gone) => {
      const selections = selectionsAmong(among);
      for (const left of [-1, 100 + gone]) {
        selections.remove(left);
        const expected = [...among.labels].filter(([id, array]) => id !== left && matches(selector, array));
        assert.deepEqual(
          [...selections.of(selector)],
          expected.map(([id]) => id),
          selector.key,
        );
      }
    }),
    { seed: 7, numRuns: 2_000 },
  );
});

test('the world but for 20,000 prefixes, asked of as many identities, is no matter of seconds', () => {
  const list = Array.from({ length: 20_000 }, (_, index) => prefixOf(`10.${index >> 8}.${index & 255}.0/24`));
  const keys = list.map(cidrLabelKey);
  const labels = new Map(
    keys.map((key, index) => [100 + index, labelArray([world, { source: 'cidr', key, value: '' }])]),
  );
  const selections = selectionsAmong({ labels, prefixes: list.map((prefix, index) => [100 + index, prefix]) });
  const absent = keys.map((key) => ({ ...exists('cidr', key), operator: 'DoesNotExist' }) as const);
  const selector = endpointSelector([exists('reserved', 'world'), ...absent.slice(1)], 'cidr');
  const tookMs = processorMs(() => assert.deepEqual([...selections.of(selector)], [100]));
  assert.ok(tookMs < 1_000, `${tookMs} ms`);
});
