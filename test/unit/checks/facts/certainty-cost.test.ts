/**
 * What it costs to say how sure a number is: thousands of rules share one list of thousands of ports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesCertainty } from '../../../../src/checks/facts/entries-certainty.ts';
import type { Ports, Rule } from '../../../../src/cilium/policy/rule.ts';
import { ciliumIdentity, policy, storeWith } from '../../../support/objects.ts';

test('a list of ports that rules share is looked through once', () => {
  const web = ciliumIdentity(1001, { 'k8s:app': 'web', 'k8s:io.kubernetes.pod.namespace': 'a' });
  const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }] }];
  const view = storeWith([web, policy('a/own', { endpointSelector: {}, ingress: [{ toPorts }] })]).view();
  const policyClass = view.classOf(view.labelsOf(1001) ?? [], 1001);
  const [rule] = policyClass.rules;
  assert.ok(rule?.ports.kind === 'list');
  const { items } = rule.ports;
  let looks = 0;
  const shared: Ports = {
    kind: 'list',
    get items() {
      looks += 1;
      return items;
    },
  };
  const rules = Array.from({ length: 100 }, (): Rule => ({ ...rule, ports: shared }));
  assert.equal(entriesCertainty(view, { ...policyClass, policy: policyClass.policy, rules }), 'exact');
  assert.equal(looks, 1);
});
