import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EntryList } from '../../../../../src/cilium/policy/map/entry-list.ts';
import { l4Key } from '../../../../../src/cilium/policy/map/l4-key.ts';
import { mapState } from '../../../../../src/cilium/policy/map/map-state.ts';
import { OriginTable } from '../../../../../src/cilium/policy/map/origin-table.ts';
import { PolicyMap } from '../../../../../src/cilium/policy/map/policy-map.ts';
import { lookup } from '../../../../../src/cilium/policy/map/verdict.ts';
import { precedenceOf } from '../../../../../src/cilium/policy/precedence.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
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

  test('is decided by the identity itself where its wildcard says the same at the same port', () => {
    const map = mapOf({ ingress: [db, { fromEntities: ['all'] }] }, '1.19.7');
    assert.equal(lookup(map, from(1002, 443)).entry?.identity, 1002);
    assert.equal(lookup(map, from(2001, 443)).entry?.identity, 0);
  });

  test('is decided by the entry for its protocol before the one for every protocol', () => {
    const map = mapOf({ ingress: [db], ingressDeny: [{ ...db, ...on('0') }] });
    assert.equal(lookup(map, from(1002, 80)).verdict, 'deny');
    assert.equal(lookup(map, from(1002, 80, 17)).verdict, 'allow');
  });

  test('to a range from port 0 matches every port in the datapath of 1.19', () => {
    const map = mapOf({ ingress: [{ ...db, ...on('0', 79) }] }, '1.19.7');
    for (const port of [0, 5000, 65535]) assert.equal(lookup(map, from(1002, port)).verdict, 'allow');
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

suite('a flow of an identity whose own entries and those of its aggregate both miss', () => {
  const entry = { protocol: 6, port: 80, prefixLength: 16 };
  const map = (entries: readonly (readonly [identity: number, precedence: number])[]): PolicyMap => {
    const list = new EntryList(Uint32Array.from(entries, ([identity]) => identity));
    for (const [slot, [, precedence]] of entries.entries()) list.take(slot, l4Key(6, entry), precedence, 0);
    const [ingress, egress] = [list, new EntryList(Uint32Array.of())].map((one) => runToEnd(one.arrange()));
    assert.ok(ingress && egress);
    return new PolicyMap({ ingress, egress }, new OriginTable(), (id) => (id < 100 ? id : 11));
  };
  const [allow, deny] = (['allow', 'deny'] as const).map((effect) => precedenceOf(0, { effect }));

  test('is decided by identity 0, and by that alone', () => {
    assert.ok(allow !== undefined && deny !== undefined);
    assert.equal(lookup(map([[0, allow]]), from(1002, 80)).entry?.identity, 0);
    assert.equal(lookup(map([[0, allow]]), from(1002, 81)).verdict, 'none');
    assert.equal(lookup(map([[12, allow]]), from(1002, 80)).verdict, 'none');
    // What matches is not overruled by it.
    for (const id of [11, 1002]) {
      const both = map([
        [0, deny],
        [id, allow],
      ]);
      assert.equal(lookup(both, from(1002, 80)).verdict, 'allow', `${id}`);
    }
  });
});
