import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PodPrefixes } from '../../../../src/checks/policy-pitfalls/pod-prefixes.ts';
import { parsePrefix, type Prefix } from '../../../../src/cilium/policy/prefixes/cidr.ts';
import { clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { finding, findings, submit } from '../../../support/review.ts';

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const PODS = new PodPrefixes(['10.244.1.0/24', '10.244.0.0/24', 'fd00:10:244::/64', '10.244.1.128/25'].map(prefix));

const cases: readonly (readonly [string, boolean])[] = [
  ['10.244.0.0/24', true],
  ['10.244.1.7/32', true],
  ['10.244.1.200/32', true],
  ['10.244.0.0/16', true],
  ['10.240.0.0/12', true],
  ['fd00:10:244::7/128', true],
  ['10.244.2.0/24', false],
  ['10.243.0.0/16', false],
  ['203.0.113.0/24', false],
  ['10.0.0.0/8', false],
  ['0.0.0.0/0', false],
  ['fd00::/8', true],
  ['fc00::/7', false],
];

describe('pods of two nodes', () => {
  for (const [text, isAbout] of cases) {
    test(`${isAbout ? 'are' : 'are not'} what ${text} is about`, () =>
      assert.equal(PODS.isAboutPods(prefix(text)), isAbout));
  }

  test('of no node are nowhere', () => assert.equal(new PodPrefixes([]).isAboutPods(prefix('10.244.0.0/24')), false));
});

describe('a prefix of pods', () => {
  const team = [namespace('team-a'), pod('team-a/web', { app: 'web' })];
  const kubernetes: Json = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    spec: { podCIDRs: ['10.244.0.0/24'] },
  };
  const agents: Json = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name: 'n' },
    spec: { ipam: { podCIDRs: ['10.245.0.0/24'] } },
  };
  const to = (cidr: string) => policy('team-a/p', { endpointSelector: {}, egress: [{ toCIDR: [cidr] }] });

  test('is told, with a pod that it does not match', () => {
    const { facts, witness, field } = finding(
      submit(storeWith([...team, kubernetes]), to('10.244.0.0/16')),
      'cidr-of-pods',
    );
    assert.deepEqual([facts['effect'], field], ['closes', 'spec.egress[0].toCIDR[0]']);
    assert.equal(witness?.destination.kind, 'endpoint');
  });

  test('is what the agent says where the agent says it', () => {
    const store = storeWith([...team, kubernetes, agents]);
    assert.equal(findings(submit(store, to('10.245.0.0/24')), 'cidr-of-pods').length, 1);
    assert.deepEqual(findings(submit(store, to('10.244.0.0/24')), 'cidr-of-pods'), []);
  });

  test('in a deny opens, and in an ipBlock closes', () => {
    const store = storeWith([...team, kubernetes]);
    const deny = clusterwidePolicy('p', {
      endpointSelector: {},
      egressDeny: [{ toCIDRSet: [{ cidr: '10.244.0.0/24' }] }],
    });
    assert.equal(finding(submit(store, deny), 'cidr-of-pods').facts['effect'], 'opens');
    const block = policy(
      'team-a/k',
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/24' } }] }] },
      'NetworkPolicy',
    );
    assert.equal(finding(submit(store, block), 'cidr-of-pods').facts['effect'], 'closes');
  });
});
