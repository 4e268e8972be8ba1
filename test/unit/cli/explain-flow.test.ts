/**
 * What becomes of a flow: told from the policy maps of its two ends, in each version.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowExplanation } from '../../../src/cli/explain-flow.ts';
import { formatRuleRef } from '../../../src/cilium/objects.ts';
import type { FlowExplanation, FlowSide } from '../../../src/review/explanations.ts';
import {
  ciliumConfig,
  clusterNetworkPolicy,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../support/objects.ts';

const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'];
const HTTP = { spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] } };
const PODS = [namespace('a'), namespace('b'), pod('a/web', { app: 'web' }), pod('b/db', { app: 'db' }, HTTP)];

function asked(
  objects: readonly Json[],
  ends: Partial<Record<'from' | 'to' | 'port', string>> = {},
  version = '1.20.2',
) {
  const view = storeWith([...PODS, ...objects], version).view();
  return flowExplanation(view, { from: 'a/web', to: 'b/db', port: '8080/TCP', ...ends });
}

function verdicts({ verdict, egress, ingress }: FlowExplanation): readonly string[] {
  return [verdict, egress.verdict, ingress.verdict];
}

function rules({ allows, denies }: FlowSide): readonly (readonly string[])[] {
  return [allows, denies].map((refs) => refs.map(formatRuleRef));
}

const ALLOW = policy('b/db', {
  endpointSelector: {},
  ingress: [{ fromEndpoints: [{ matchLabels: { app: 'web', 'k8s:io.kubernetes.pod.namespace': 'a' } }] }],
});

describe('a flow between pods', () => {
  for (const version of VERSIONS) {
    test(`goes through where nothing selects them (${version})`, () => {
      assert.deepEqual(verdicts(asked([], {}, version)), ['allow', 'allow', 'allow']);
    });

    test(`is denied by a deny at either end, beside the allow that it beats (${version})`, () => {
      const deny = clusterwidePolicy('deny', {
        endpointSelector: { matchLabels: { app: 'db' } },
        ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: 'web' } }] }],
      });
      const explained = asked([ALLOW, deny], {}, version);
      assert.deepEqual(verdicts(explained), ['deny', 'allow', 'deny']);
      assert.deepEqual(rules(explained.ingress), [
        ['CiliumNetworkPolicy/b/db spec.ingress[0].fromEndpoints[0]'],
        ['CiliumClusterwideNetworkPolicy/deny spec.ingressDeny[0].fromEndpoints[0]'],
      ]);
    });

    test(`is found under the name of its port, at either end (${version})`, () => {
      const ports = [{ ports: [{ port: 'http', protocol: 'TCP' }] }];
      const named = [
        policy('a/web', { endpointSelector: {}, egress: [{ toEntities: ['all'], toPorts: ports }] }),
        policy('b/db', { endpointSelector: {}, ingress: [{ fromEntities: ['all'], toPorts: ports }] }),
      ];
      const through = asked(named, {}, version);
      assert.deepEqual(verdicts(through), ['allow', 'allow', 'allow']);
      assert.equal(through.egress.allows.length + through.ingress.allows.length, 2);
      const beside = asked(named, { port: '8081/TCP' }, version);
      assert.deepEqual(verdicts(beside), ['deny', 'deny', 'deny']);
      assert.deepEqual(rules(beside.egress), [[], []]);
    });

    test(`needs authentication where a rule asks for it (${version})`, () => {
      const rule = { fromEntities: ['cluster'], authentication: { mode: 'required' } };
      const explained = asked([policy('b/db', { endpointSelector: {}, ingress: [rule] })], {}, version);
      assert.match(explained.ingress.reason, /^a rule allows it.*, once both ends have authenticated$/);
    });
  }

  test('names a deny that takes through its aggregate the very pods that it excepts (1.20)', () => {
    const anyCluster = ciliumConfig({ 'policy-default-local-cluster': 'false' });
    const notA = { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['a'] }] };
    const deny = policy('b/db', { endpointSelector: {}, ingressDeny: [{ fromEndpoints: [notA] }], ingress: [{}] });
    const denied = (version: string) => rules(asked([anyCluster, deny], {}, version).ingress)[1];
    assert.deepEqual(denied('1.20.2'), ['CiliumNetworkPolicy/b/db spec.ingressDeny[0].fromEndpoints[0]']);
    assert.deepEqual(denied('1.19.7'), []);
  });

  test('of the Admin tier is decided there, and the rules of both tiers are named', () => {
    const on = ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true' });
    const accept = clusterNetworkPolicy('accept', {
      ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }],
    });
    const deny = clusterwidePolicy('deny', { endpointSelector: {}, ingressDeny: [{ fromEntities: ['cluster'] }] });
    const explained = asked([on, accept, deny]);
    assert.deepEqual(verdicts(explained), ['allow', 'allow', 'allow']);
    assert.deepEqual(
      rules(explained.ingress).map((refs) => refs.length),
      [1, 1],
    );
  });

  test('is unknown where a rule of an end is not covered, unless the other end drops it for certain', () => {
    const on = ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true' });
    const pass = clusterNetworkPolicy('pass', {
      subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'b' } } },
      ingress: [{ action: 'Pass', from: [{ namespaces: {} }] }],
    });
    const open = asked([on, pass]);
    assert.deepEqual([...verdicts(open), open.certainty], ['unknown', 'allow', 'unknown', 'unknown']);
    assert.match(open.ingress.reason, /the model does not cover Pass/);
    const closed = asked([on, pass, policy('a/web', { endpointSelector: {}, egress: [{}] })]);
    assert.deepEqual([closed.verdict, closed.certainty], ['deny', 'exact']);
  });

  test('of a pod that is told by its labels has the rules that such a pod would have', () => {
    const named = { from: 'k8s:app=web,io.kubernetes.pod.namespace=a', to: 'app=other,io.kubernetes.pod.namespace=b' };
    const explained = asked([ALLOW], named);
    assert.deepEqual(verdicts(explained), ['allow', 'allow', 'allow']);
    assert.equal(explained.source.pod, undefined);
    assert.deepEqual(verdicts(asked([ALLOW], { ...named, from: 'app=job,io.kubernetes.pod.namespace=a' })), [
      'deny',
      'allow',
      'deny',
    ]);
  });
});

describe('a flow to an address', () => {
  const policies = [
    policy('a/web', {
      endpointSelector: {},
      egress: [{ toCIDRSet: [{ cidr: '198.51.100.0/24', except: ['198.51.100.8/29'] }] }],
    }),
  ];

  for (const version of VERSIONS) {
    test(`is decided by the nearest prefix around it (${version})`, () => {
      const to = (address: string): string => asked(policies, { to: address }, version).verdict;
      assert.deepEqual(['198.51.100.7', '198.51.100.9', '203.0.113.1'].map(to), ['allow', 'deny', 'deny']);
    });
  }

  test('is an estimate where names may lead to it, and certain where a deny takes it', () => {
    const names = policy('a/names', { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'x.example' }] }] });
    assert.equal(asked([names], { to: '203.0.113.1' }).certainty, 'estimate');
    const deny = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toEntities: ['world'] }] });
    assert.equal(asked([names, deny], { to: '203.0.113.1' }).certainty, 'exact');
  });

  test('is a flow to a node where a node has it, which no prefix takes', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { addresses: [{ type: 'InternalIP', address: '198.51.100.7' }] },
    };
    const explained = asked([node, ...policies], { to: '198.51.100.7' });
    assert.deepEqual([explained.verdict, explained.destination.labels], ['deny', ['reserved:remote-node']]);
  });

  test('of a family that is off is taken by no prefix of the other', () => {
    const off = asked([ciliumConfig({ 'enable-ipv6': 'false' }), ...policies], { to: '2001:db8::1' });
    assert.notEqual(off.verdict, 'allow');
  });
});

test('what hosts do is unknown where they have policies', () => {
  const firewall = ciliumConfig({ 'enable-host-firewall': 'true' });
  assert.equal(asked([], { from: 'reserved:host' }).verdict, 'allow');
  assert.equal(asked([firewall], { from: 'reserved:host' }).verdict, 'unknown');
  assert.equal(asked([firewall], { to: 'reserved:kube-apiserver' }).verdict, 'unknown');
});

describe('what is not an end of a flow is refused:', () => {
  const refused: readonly (readonly [ends: Parameters<typeof asked>[1], reason: RegExp])[] = [
    [{ from: 'a/none' }, /holds no pod a\/none/],
    [{ from: 'web' }, /is not NAMESPACE\/NAME/],
    [{ from: 'app=web,io.kubernetes.pod.namespace=z' }, /holds no namespace z/],
    [{ from: 'app=web,=x,io.kubernetes.pod.namespace=a' }, /"=x" is no label of a pod/],
    [{ from: 'reserved:nothing' }, /has no identity reserved:nothing/],
    [{ from: '192.0.2.1', to: '2001:db8::1' }, /has to be in the cluster/],
    [{ port: '0/TCP' }, /--port must be/],
    [{ port: '65536' }, /--port must be/],
    [{ port: '256/ICMP' }, /--port must be/],
    [{ port: '80/TCP/x' }, /--port must be/],
    [{ port: '80/IGMP' }, /--port must be/],
  ];
  for (const [ends, reason] of refused) {
    test(JSON.stringify(ends), () => assert.throws(() => asked([], ends), reason));
  }
});
