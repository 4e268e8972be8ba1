import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mapState } from '../../../../../src/cilium/policy/map/map-state.ts';
import type { PolicyMap } from '../../../../../src/cilium/policy/map/policy-map.ts';
import { lookup } from '../../../../../src/cilium/policy/map/verdict.ts';
import { cnp, contextFor, inputsOf, podLabels, policyOf, universeOf, type Spec } from '../../../../support/policies.ts';

const SUBJECT = { identity: 1001, labels: podLabels('a', 'web') };
const PEERS = [
  [1001, podLabels('a', 'web')],
  [1002, podLabels('a', 'db')],
  [2001, podLabels('b', 'web')],
] as const;

function mapOf(spec: Spec, version = '1.20.2'): PolicyMap {
  const context = contextFor(version);
  const universe = universeOf(context, PEERS);
  return mapState(policyOf([cnp({ endpointSelector: {}, ...spec })], SUBJECT, context), inputsOf(universe, context));
}

function from(identity: number, port: number, protocol = 6) {
  return { direction: 'ingress', identity, protocol, port } as const;
}

const db: Spec = { fromEndpoints: [{ matchLabels: { app: 'db' } }] };
const on = (port: string, endPort = 0): Spec => ({ toPorts: [{ ports: [{ port, endPort, protocol: 'TCP' }] }] });

suite('a flow', () => {
  for (const version of ['1.19.7', '1.20.2']) {
    test(`that no entry matches is dropped (${version})`, () => {
      assert.deepEqual(lookup(mapOf({ ingress: [{ ...db, ...on('80') }] }, version), from(2001, 80)), {
        verdict: 'none',
      });
    });

    test(`is decided by the higher precedence of its identity and the wildcard (${version})`, () => {
      const map = mapOf({ ingress: [{ fromEntities: ['all'] }], ingressDeny: [{ ...db, ...on('80') }] }, version);
      assert.equal(lookup(map, from(1002, 80)).verdict, 'deny');
      assert.equal(lookup(map, from(1002, 81)).verdict, 'allow');
      assert.equal(lookup(map, from(2001, 80)).verdict, 'allow');
    });

    test(`is denied to all but by a specific allow never allowed (${version})`, () => {
      const map = mapOf({ ingress: [db], ingressDeny: [on('80')] }, version);
      assert.equal(lookup(map, from(1002, 80)).verdict, 'deny');
      assert.equal(lookup(map, from(1002, 81)).verdict, 'allow');
    });

    test(`matches a range by its blocks (${version})`, () => {
      const map = mapOf({ ingress: [{ ...db, ...on('79', 81) }] }, version);
      const verdicts = [78, 79, 80, 81, 82].map((port) => lookup(map, from(1002, port)).verdict);
      assert.deepEqual(verdicts, ['none', 'allow', 'allow', 'allow', 'none']);
    });
  }

  test('names the entry that decided: at equal precedence the longer port match, then the identity itself', () => {
    const map = mapOf({ ingress: [db, on('80'), { ...db, ...on('443') }, on('443')] });
    assert.equal(lookup(map, from(1002, 80)).entry?.identity, 11);
    assert.equal(lookup(map, from(1002, 81)).entry?.identity, 1002);
    assert.equal(lookup(mapOf({ ingress: [db, { fromEntities: ['world'] }] }), from(1002, 1)).entry?.identity, 1002);
  });

  test('to a range from port 0 matches every port in the datapath of 1.19', () => {
    const map = mapOf({ ingress: [{ ...db, ...on('0', 79) }] }, '1.19.7');
    assert.equal(lookup(map, from(1002, 5000)).verdict, 'allow');
    assert.equal(lookup(map, from(1002, 5000, 17)).verdict, 'none');
  });

  const range = on('0', 9000);
  test('is undecided until 1.19 where a range from port 0 is denied and every port, or another such range, is not', () => {
    for (const allowed of [on('0'), on('0', 65535)]) {
      const old = mapOf({ ingress: [allowed], ingressDeny: [range] }, '1.19.7');
      assert.equal(lookup(old, from(1002, 80)).verdict, 'undecided');
      assert.equal(lookup(old, from(1002, 9000)).verdict, 'deny');
      assert.equal(lookup(old, from(1002, 80, 17)).verdict, 'none');
    }
    assert.equal(lookup(mapOf({ ingress: [on('0')], ingressDeny: [range] }), from(1002, 80)).verdict, 'deny');
  });

  test('of a range from port 0 is decided where all such entries say the same, or one of them stands alone', () => {
    const denied = mapOf({ ingressDeny: [range, on('0', 90)] }, '1.19.7');
    assert.equal(lookup(denied, from(1002, 80)).verdict, 'deny');
    const apart = mapOf({ ingress: [on('80')], ingressDeny: [range] }, '1.19.7');
    assert.equal(lookup(apart, from(1002, 80)).verdict, 'deny');
  });
});
