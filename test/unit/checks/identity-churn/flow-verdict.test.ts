import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictsOf, type Verdict } from '../../../../src/checks/identity-churn/flow-verdict.ts';
import { Budget } from '../../../../src/cilium/budget.ts';
import { namedPorts } from '../../../../src/cilium/named-ports.ts';
import { TCP } from '../../../../src/cilium/policy/rule.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { namespace, pod, policy, storeWith } from '../../../support/objects.ts';

/** Of a flow from an address to a pod, with one rule about it. */
function verdictWith(peers: number): Verdict {
  const fromEndpoints = Array.from({ length: peers }, (_, index) => ({ matchLabels: { app: `peer-${index}` } }));
  const rule = policy('shop/own', { endpointSelector: {}, ingress: [{ fromEndpoints }] });
  const view = storeWith([namespace('shop'), pod('shop/web', { app: 'web' }), rule]).view();
  const [identity] = view.identitiesIn('shop');
  assert.ok(identity !== undefined);
  const destination = { kind: 'own', labels: view.labelsOf(identity) ?? [], identity, ports: namedPorts([]) } as const;
  const source = { kind: 'address', address: '192.0.2.1' } as const;
  const flow = { source, destination, packet: { protocol: TCP, port: 80 } };
  return runToEnd(verdictsOf(flow, view, new Budget(50))).ingress;
}

test('a verdict costs a step for each peer of the rules, and is not known beyond the steps that there are', () => {
  assert.deepEqual([verdictWith(10), verdictWith(100)], ['deny', 'unknown']);
});
