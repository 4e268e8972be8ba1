import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyAddsDenies } from '../../../../src/checks/policy-map-overflow/only-adds-denies.ts';
import { contextFor, knp, rulesOf } from '../../../support/policies.ts';
import { storeWith } from '../../../support/objects.ts';

test('ports that the peers of a NetworkPolicy share are written out once, and the comparison pauses', () => {
  const to = Array.from({ length: 256 }, (_, index) => ({ ipBlock: { cidr: `10.0.${index}.0/24` } }));
  const [first, ...rest] = rulesOf(
    knp({ podSelector: {}, egress: [{ to, ports: [{ port: 80 }] }] }),
    contextFor('1.19.7'),
  ).filter(({ direction }) => direction === 'egress');
  assert.ok(first?.ports.kind === 'list');
  let reads = 0;
  const items = first.ports.items;
  const ports = {
    ...first.ports,
    get items() {
      reads += 1;
      return items;
    },
  };
  const rules = [first, ...rest].map((rule) => ({ ...rule, ports }));
  let pauses = 0;
  const steps = onlyAddsDenies([], rules, storeWith([]).view().settings);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) pauses += 1;
  assert.equal(step.value, false);
  assert.equal(reads, 1);
  assert.ok(pauses >= 4, `${pauses}`);
});
