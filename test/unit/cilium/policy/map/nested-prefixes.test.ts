/**
 * Nested prefixes on many ports: each identity is selected by every prefix around its own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../../../../src/cluster/view.ts';
import type { PolicyClass } from '../../../../../src/cluster/policy-class.ts';
import { namespace, pod, policy, storeWith } from '../../../../support/objects.ts';

const NESTED = 120;

function nestedOn(ports: number, rules: number): { readonly view: ClusterView; readonly policyClass: PolicyClass } {
  const toCIDR = Array.from({ length: NESTED }, (_, index) => `fd00::/${128 - index}`);
  const egress = Array.from({ length: rules }, (_, rule) => ({
    toCIDR,
    toPorts: [
      {
        ports: Array.from({ length: ports }, (__, n) => ({
          port: `${1000 + 2 * (n * rules + rule)}`,
          protocol: 'TCP',
        })),
      },
    ],
  }));
  const objects = [namespace('a'), pod('a/web', {}), policy('a/nested', { endpointSelector: {}, egress })];
  const view = storeWith(objects, '1.19.7').view();
  const [identity = 0] = view.identities();
  return { view, policyClass: view.classOf(view.labelsOf(identity) ?? [], identity) };
}

for (const rules of [1, 3]) {
  test(`prefixes nested in ${NESTED} levels are merged once for the ports of a rule, of ${rules} in turn`, () => {
    const { view, policyClass } = nestedOn(40, rules);
    let pauses = 0;
    const steps = view.entriesSteps(policyClass);
    for (let step = steps.next(); ; step = steps.next(), pauses += 1) {
      if (step.done !== true) continue;
      assert.equal(step.value, view.policyMap(policyClass).size);
      assert.ok(step.value > 40 * rules * NESTED, `${step.value} entries`);
      break;
    }
    // Some fifty for each rule while its selectors are asked and identities sorted. Merged for each port it would be forty more.
    assert.ok(pauses <= 60 * rules, `${pauses} pauses`);
  });
}

test('columns that are recalled name the same rules as those that were merged', () => {
  const { view, policyClass } = nestedOn(4, 2);
  const entries = [...runToEnd(view.policyMapSteps(policyClass)).entries()].filter(({ port }) => port > 0);
  const originsAt = (port: number): readonly string[] =>
    entries.filter((entry) => entry.port === port).map(({ origins }) => origins.map(({ field }) => field).join());
  assert.deepEqual(originsAt(1004), originsAt(1000));
  assert.deepEqual(originsAt(1006), originsAt(1002));
  assert.notDeepEqual(originsAt(1002), originsAt(1000));
});
