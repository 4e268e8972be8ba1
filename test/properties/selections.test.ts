/**
 * What a selector selects by the tables of labels, against a look at the labels of every identity.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalKey, labelArray, type Label, type LabelArray } from '../../src/cilium/identity/label.ts';
import type { NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import {
  endpointSelector,
  matches,
  type EndpointSelector,
  type Requirement,
} from '../../src/cilium/policy/selector.ts';
import { identityRecord } from '../../src/cluster/identities/identity-layer.ts';
import { IdentityRecords } from '../../src/cluster/identities/identity-records.ts';
import { runsOr, SEED } from '../support/random-cluster.ts';

const KEYS = ['app', 'io.kubernetes.pod.namespace', 'tier', 'world'];
const VALUES = ['', 'a', 'b'];

const keyArbitrary = fc.constantFrom(...KEYS);
/** Nearly all labels are of Kubernetes. */
const sourceArbitrary = fc.oneof(
  { weight: 6, arbitrary: fc.constant('k8s') },
  { weight: 1, arbitrary: fc.constantFrom('reserved', 'container') },
);
const labelArbitrary: fc.Arbitrary<Label> = fc.record({
  source: sourceArbitrary,
  key: keyArbitrary,
  value: fc.constantFrom(...VALUES),
});
const requirementArbitrary: fc.Arbitrary<Requirement> = fc
  .record({
    source: fc.constantFrom('any', 'k8s', 'k8s', 'reserved'),
    key: keyArbitrary,
    operator: fc.constantFrom<Requirement['operator']>('In', 'In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
    encoded: fc.boolean(),
  })
  .map(({ encoded, values, ...rest }) => {
    if (rest.operator === 'Exists' || rest.operator === 'DoesNotExist') return { ...rest, values: [] };
    return encoded && rest.source === 'reserved' ? { ...rest, values, encoded: true as const } : { ...rest, values };
  });
const selectorArbitrary: fc.Arbitrary<EndpointSelector> = fc
  .tuple(
    fc.array(requirementArbitrary, { maxLength: 3 }),
    fc.constantFrom<EndpointSelector['origin']>('labels', 'labels', 'labels', 'cidr', 'fqdn'),
  )
  .map(([requirements, origin]) => endpointSelector(requirements, origin));

type Event = { readonly id: NumericIdentity; readonly labels: readonly Label[] | undefined };
const eventArbitrary: fc.Arbitrary<Event> = fc.record({
  id: fc.integer({ min: 256, max: 300 }),
  labels: fc.option(fc.array(labelArbitrary, { maxLength: 4 }), { nil: undefined }),
});

function apply(records: IdentityRecords, all: Map<NumericIdentity, LabelArray>, { id, labels }: Event): void {
  const before = records.get(id);
  if (before !== undefined) records.remove(before);
  all.delete(id);
  if (labels === undefined) return;
  const array = labelArray(labels);
  all.set(id, array);
  records.add(identityRecord(id, canonicalKey(array), array));
}

test('a selector selects the identities whose labels it matches, whether it is kept up or asked for once', () => {
  fc.assert(
    fc.property(
      fc.array(eventArbitrary, { minLength: 1, maxLength: 120 }),
      fc.array(selectorArbitrary, { minLength: 1, maxLength: 8 }),
      (events, selectors) => {
        const records = new IdentityRecords();
        const all = new Map<NumericIdentity, LabelArray>();
        for (const [index, selector] of selectors.entries()) if (index % 2 === 0) records.retain(selector);
        for (const event of events) apply(records, all, event);
        for (const selector of selectors) {
          const expected = [...all].filter(([, labels]) => matches(selector, labels)).map(([id]) => id);
          const sorted = expected.sort((a, b) => a - b);
          assert.deepEqual([...runToEnd(records.matchingSteps(selector))], sorted, selector.key);
          assert.deepEqual([...records.matching(selector)], sorted, selector.key);
        }
      },
    ),
    { seed: SEED, numRuns: runsOr(400) },
  );
});
