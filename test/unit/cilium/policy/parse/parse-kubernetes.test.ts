import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ParseContext } from '../../../../../src/cilium/policy/context.ts';
import { WILDCARD } from '../../../../../src/cilium/policy/selector.ts';
import { contextFor, knp, refusalOf, rulesOf, type Spec } from '../../../../support/policies.ts';

const anyCluster = contextFor('1.18.8');
const localCluster = contextFor('1.20.2');

function peersOf(peer: Spec, context: ParseContext = anyCluster): readonly (readonly string[])[] {
  const [rule] = rulesOf(knp({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [peer] }] }), context);
  assert.ok(rule?.peers.kind === 'list');
  return rule.peers.items.flatMap(({ selectors }) =>
    selectors.map(({ requirements }) =>
      requirements.map(({ source, key, operator, values }) => [`${source}:${key}`, operator, ...values].join(' ')),
    ),
  );
}

suite('a peer', () => {
  test('by podSelector is in the namespace of the policy', () => {
    assert.deepEqual(peersOf({ podSelector: {} }), [['k8s:io.kubernetes.pod.namespace In a']]);
    assert.deepEqual(peersOf({ podSelector: { matchLabels: { app: 'x' } } }), [
      ['k8s:app In x', 'k8s:io.kubernetes.pod.namespace In a'],
    ]);
  });

  test('by an empty namespaceSelector is in any namespace', () => {
    assert.deepEqual(peersOf({ namespaceSelector: {} }), [['k8s:io.kubernetes.pod.namespace Exists']]);
  });

  test('by both selectors has to match both', () => {
    const both = {
      namespaceSelector: { matchLabels: { team: 'blue' } },
      podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] },
    };
    assert.deepEqual(peersOf(both), [['k8s:app NotIn db', 'k8s:io.cilium.k8s.namespace.labels.team In blue']]);
  });

  test('is in the local cluster where that is the default, unless its podSelector names a cluster', () => {
    const cluster = 'k8s:io.cilium.k8s.policy.cluster In default';
    assert.deepEqual(peersOf({ namespaceSelector: {} }, localCluster), [
      [cluster, 'k8s:io.kubernetes.pod.namespace Exists'],
    ]);
    const other = { podSelector: { matchLabels: { 'io.cilium.k8s.policy.cluster': 'east' } } };
    assert.deepEqual(peersOf(other, localCluster)[0]?.[0], 'k8s:io.cilium.k8s.policy.cluster In east');
    const empty = { podSelector: { matchLabels: { 'io.cilium.k8s.policy.cluster': '' } } };
    assert.equal(peersOf(empty, localCluster)[0]?.[0], cluster);
    const expression = (key: string) => ({ podSelector: { matchExpressions: [{ key, operator: 'Exists' }] } });
    assert.ok(!peersOf(expression('io.cilium.k8s.policy.cluster'), localCluster)[0]?.includes(cluster));
    assert.ok(peersOf(expression('app'), localCluster)[0]?.includes(cluster));
  });

  test('by ipBlock is a CIDR with excepts', () => {
    assert.deepEqual(peersOf({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }), [
      ['cidr:10.0.0.0/8 Exists', 'cidr:10.1.0.0/16 DoesNotExist'],
    ]);
  });

  test('by ipBlock on ingress makes 1.18 with the local cluster filter refuse the policy', () => {
    const filtered = contextFor('1.18.8', { policyDefaultLocalCluster: true });
    const block = { ipBlock: { cidr: '10.0.0.0/8' } };
    const spec = { podSelector: {}, ingress: [{ from: [{ podSelector: {} }, block] }], egress: [{ to: [block] }] };
    assert.equal(refusalOf(knp(spec), filtered)?.field, 'spec.ingress[0].from[1].ipBlock');
    assert.equal(refusalOf(knp({ ...spec, ingress: [] }), filtered), undefined);
    assert.equal(refusalOf(knp(spec), localCluster), undefined);
  });

  test('is a rule of its own, with the ports of its list', () => {
    const ingress = [
      { from: [{ podSelector: {} }, { namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 80 }] },
    ];
    const rules = rulesOf(knp({ podSelector: {}, ingress }), anyCluster);
    assert.deepEqual(
      rules.map(({ ref, peers }) => [ref.field, peers.kind === 'list' && peers.items.map((peer) => peer.ref.field)]),
      [
        ['spec.ingress[0]', ['spec.ingress[0].from[0]']],
        ['spec.ingress[0]', ['spec.ingress[0].from[1]']],
      ],
    );
  });

  test('with a key that is too long behind its source is refused in 1.18, everybody in 1.19 and itself since', () => {
    const peer = { namespaceSelector: { matchLabels: { ['x'.repeat(29)]: 'v' } } };
    const spec = { podSelector: {}, ingress: [{ from: [{ podSelector: {} }, peer] }] };
    assert.equal(refusalOf(knp(spec), contextFor('1.18.8'))?.field, 'spec.ingress[0].from[1]');
    assert.deepEqual(peersOf(peer, contextFor('1.19.7')), [[]]);
    assert.equal(peersOf(peer, localCluster)[0]?.length, 2);
    const shorter = { namespaceSelector: { matchLabels: { ['x'.repeat(28)]: 'v' } } };
    assert.equal(peersOf(shorter, contextFor('1.19.7'))[0]?.length, 2);
    const subject = { podSelector: { matchLabels: { ['y'.repeat(60)]: 'v' } } };
    assert.equal(refusalOf(knp(subject), contextFor('1.18.8'))?.field, 'spec.podSelector');
    assert.deepEqual(rulesOf(knp(subject), contextFor('1.19.7'))[0]?.subject, WILDCARD);
  });

  test('that is absent is everybody, without ports too', () => {
    const [rule] = rulesOf(knp({ podSelector: {}, ingress: [{}] }), anyCluster);
    assert.deepEqual(rule?.peers.kind === 'list' && rule.peers.items.map(({ selectors }) => selectors), [[WILDCARD]]);
  });
});

test('ports: none is every port, a missing port every port of the protocol, an endPort an interval', () => {
  const ports = [{ protocol: 'TCP' }, { protocol: 'UDP', port: 53, endPort: 60 }, { protocol: 'TCP', port: 'http' }];
  const [one, two] = rulesOf(knp({ podSelector: {}, ingress: [{}, { ports }] }), anyCluster);
  assert.equal(one?.ports.kind, 'any');
  assert.ok(two?.ports.kind === 'list');
  assert.deepEqual(
    two.ports.items.map(({ protocol, first, last }) => [protocol, first, last]),
    [
      [6, 0, 0],
      [17, 53, 60],
    ],
  );
  assert.deepEqual(
    two.ports.names?.map(({ name, ref }) => [name, ref.field]),
    [['http', 'spec.ingress[1].ports[2]']],
  );
});

test('ports: numbers alone have no names beside them, and a text that is no port is every port', () => {
  const portsOf = (port: Spec, context: ParseContext) =>
    rulesOf(knp({ podSelector: {}, ingress: [{ ports: [port] }] }), context)[0]?.ports;
  const ref = { object: { kind: 'NetworkPolicy', namespace: 'a', name: 'kp' }, field: 'spec.ingress[0].ports[0]' };
  const list = (first: number, last: number, more: object = {}) => ({
    kind: 'list',
    items: [{ protocol: 6, first, last, ...more, ref }],
  });
  assert.deepEqual(portsOf({ port: 80 }, anyCluster), list(80, 80));
  assert.deepEqual(portsOf({ port: 80, endPort: 90 }, anyCluster), list(80, 90, { endPort: 90 }));
  assert.deepEqual(portsOf({ port: 'a_b' }, localCluster), list(0, 0));
});

test('a protocol that there is not makes every version refuse the policy', () => {
  const policy = knp({ podSelector: {}, ingress: [{ ports: [{ port: 80 }, { port: 80, protocol: 'QUIC' }] }] });
  for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
    assert.equal(refusalOf(policy, contextFor(version))?.field, 'spec.ingress[0].ports[1].protocol');
  }
});

test('a text that is no port makes 1.18 refuse the policy', () => {
  const policy = knp({ podSelector: {}, egress: [{ ports: [{ port: 80 }, { port: 'a_b' }, { port: 'web' }] }] });
  const refused = ['1.18.8', '1.19.7', '1.20.2'].map((version) => refusalOf(policy, contextFor(version))?.field);
  assert.deepEqual(refused, ['spec.egress[0].ports[1].port', undefined, undefined]);
});

test('what is not modelled is marked with its place', () => {
  const ingress = [
    { ports: [{ port: 80 }, { port: 'web' }], from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8' } }] },
  ];
  const marked = (config: object) =>
    rulesOf(knp({ podSelector: {}, ingress }), contextFor('1.20.2', config))[0]?.unsupported;
  const names = { feature: 'port names', field: 'spec.ingress[0].ports[1].port', inMaps: true };
  assert.deepEqual(marked({}), [names]);
  assert.deepEqual(marked({ cidrMatchMode: ['nodes'] }), [
    names,
    { feature: 'policy-cidr-match-mode', field: 'spec.ingress[0].from[1].ipBlock', inMaps: true },
  ]);
});

suite('policyTypes', () => {
  const directions = (spec: Spec): readonly string[] =>
    rulesOf(knp({ podSelector: {}, ...spec }), anyCluster).map(({ direction, peers }) => `${direction} ${peers.kind}`);

  test('isolates a direction without rules', () => {
    assert.deepEqual(directions({ policyTypes: ['Ingress', 'Egress'] }), ['ingress none', 'egress none']);
    assert.deepEqual(directions({ policyTypes: ['Egress'] }), ['egress none']);
    assert.deepEqual(directions({}), ['ingress none']);
  });

  test('does not keep rules that are there from being enforced', () => {
    const ingress = [{ from: [{ podSelector: {} }] }];
    assert.deepEqual(directions({ policyTypes: ['Egress'], ingress }), ['ingress list', 'egress none']);
  });
});
