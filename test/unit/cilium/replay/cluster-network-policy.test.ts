import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replay } from '../../../../src/cilium/replay/replay.ts';
import type { ReplayFlow, ReplayPeer, ReplayVerdict } from '../../../../src/cilium/replay/flow.ts';
import type { PolicyObject } from '../../../../src/cilium/objects.ts';
import { ccnp, cnp, contextFor, EVERY_KIND, kcnp, labelsOf, podLabels, type Spec } from '../../../support/policies.ts';

const context = contextFor('1.20.2', EVERY_KIND);
const CLIENT: ReplayPeer = { kind: 'endpoint', labels: podLabels('b', 'client') };

interface Asked {
  readonly peer?: ReplayPeer;
  readonly direction?: 'ingress' | 'egress';
  readonly protocol?: number;
  readonly port?: number;
}

/** Of a flow at pod `web` of namespace `a`; from a client, on TCP port 80, unless it says otherwise. */
function verdictOf(policies: readonly PolicyObject[], asked: Asked = {}): ReplayVerdict['verdict'] {
  const flow = { direction: 'ingress', peer: CLIENT, protocol: 6, port: 80, ...asked } as const;
  return replay({ ...flow, subject: podLabels('a', 'web') }, policies, context).verdict;
}

function rule(action: string, more: Spec = {}): Spec {
  return { ingress: [{ action, from: [{ namespaces: {} }], ...more }] };
}

const DENY = ccnp({ endpointSelector: {}, ingressDeny: [{ fromEntities: ['all'] }] });
const ALLOW = cnp({ endpointSelector: {}, ingress: [{ fromEntities: ['all'] }] });
const CLOSED = cnp({ endpointSelector: {}, ingress: [{}] });
const BASELINE: Spec = { tier: 'Baseline' };

describe('tiers are asked one after the other', () => {
  test('the Admin tier before all others', () => {
    assert.equal(verdictOf([DENY, kcnp(rule('Accept'))]), 'allow');
    assert.equal(verdictOf([ALLOW, kcnp(rule('Deny'))]), 'deny');
  });

  test('the Baseline tier after all others, and before default deny', () => {
    assert.equal(verdictOf([ALLOW, kcnp({ ...rule('Deny'), ...BASELINE })]), 'allow');
    assert.equal(verdictOf([CLOSED, kcnp({ ...rule('Accept'), ...BASELINE })]), 'allow');
    assert.equal(verdictOf([CLOSED, kcnp({ ...rule('Deny'), ...BASELINE })]), 'deny');
  });

  test('by priority in a tier, and at one priority a deny first', () => {
    const accept = (priority: number) => kcnp({ ...rule('Accept'), priority }, 'accept');
    const deny = kcnp({ ...rule('Deny'), priority: 5 }, 'deny');
    assert.deepEqual(
      [4, 5, 6].map((priority) => verdictOf([deny, accept(priority)])),
      ['allow', 'deny', 'deny'],
    );
  });

  test('all elements of a policy before the policies of later priorities', () => {
    const nobody = { action: 'Accept', from: [{ pods: { podSelector: { matchLabels: { app: 'nobody' } } } }] };
    const deny = kcnp({ ingress: [nobody, { action: 'Deny', from: [{ namespaces: {} }] }], priority: 5 }, 'deny');
    assert.equal(verdictOf([deny, kcnp({ ...rule('Accept'), priority: 6 }, 'accept')]), 'deny');
  });

  test('element by element in a policy', () => {
    const both = (...actions: readonly string[]) =>
      kcnp({ ingress: actions.map((action) => ({ action, from: [{ namespaces: {} }] })) });
    assert.equal(verdictOf([both('Accept', 'Deny')]), 'allow');
    assert.equal(verdictOf([both('Deny', 'Accept')]), 'deny');
  });
});

test('a ClusterNetworkPolicy switches no default deny on', () => {
  assert.equal(verdictOf([kcnp(rule('Accept'))], { peer: { kind: 'address', address: '8.8.8.8' } }), 'allow');
});

test('a Baseline deny takes the local host, which is let in after all tiers', () => {
  const host: ReplayPeer = { kind: 'endpoint', labels: labelsOf('reserved:host') };
  assert.equal(verdictOf([CLOSED], { peer: host }), 'allow');
  assert.equal(verdictOf([CLOSED, kcnp({ ...BASELINE, ingress: [{ action: 'Deny' }] })], { peer: host }), 'deny');
});

test('a subject is asked for by the labels of its namespace, or of the pod', () => {
  const of = (subject: Spec) => verdictOf([kcnp({ ...rule('Deny'), subject })]);
  const name = 'kubernetes.io/metadata.name';
  assert.equal(of({ namespaces: { matchLabels: { [name]: 'a' } } }), 'deny');
  assert.equal(of({ namespaces: { matchLabels: { [name]: 'b' } } }), 'allow');
  assert.equal(of({ pods: { podSelector: { matchLabels: { app: 'web' } } } }), 'deny');
  assert.equal(of({ pods: { podSelector: {}, namespaceSelector: { matchLabels: { [name]: 'b' } } } }), 'allow');
});

test('a policy that selects somebody else, or has no subject, changes nothing', () => {
  const host: ReplayPeer = { kind: 'endpoint', labels: labelsOf('reserved:host') };
  const always = contextFor('1.20.2', { ...EVERY_KIND, enforcement: 'always' });
  const others = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'b' } } };
  for (const subject of [others, {}]) {
    const policies = [kcnp({ ...rule('Deny'), subject })];
    assert.equal(verdictOf(policies), 'allow');
    // Of whom no rule speaks, the local host stays out.
    const asked: ReplayFlow = {
      direction: 'ingress',
      subject: podLabels('a', 'web'),
      peer: host,
      protocol: 6,
      port: 80,
    };
    assert.equal(replay(asked, policies, always).verdict, 'default-deny');
  }
});

test('an empty selector of namespaces takes whatever is in one, and nothing else', () => {
  const health: ReplayPeer = { kind: 'endpoint', labels: labelsOf('reserved:health') };
  const pods = { from: [{ pods: { podSelector: {} } }] };
  for (const more of [{}, pods]) {
    assert.equal(verdictOf([kcnp(rule('Deny', more))]), 'deny');
    assert.equal(verdictOf([kcnp(rule('Deny', more))], { peer: health }), 'allow');
  }
});

test('expressions are decided, whatever their operator', () => {
  const name = 'kubernetes.io/metadata.name';
  const answers = (expression: Spec): readonly string[] => {
    const namespaces = { matchLabels: { [name]: 'b' }, matchExpressions: [{ key: name, ...expression }] };
    const podSelector = { matchExpressions: [{ key: 'app', ...expression }] };
    return [
      verdictOf([kcnp(rule('Deny', { from: [{ namespaces }] }))]),
      verdictOf([kcnp(rule('Deny', { from: [{ pods: { podSelector } }] }))]),
    ];
  };
  assert.deepEqual(answers({ operator: 'In', values: ['b', 'client'] }), ['deny', 'deny']);
  assert.deepEqual(answers({ operator: 'NotIn', values: ['b', 'client'] }), ['allow', 'allow']);
  assert.deepEqual(answers({ operator: 'Exists' }), ['deny', 'deny']);
  assert.deepEqual(answers({ operator: 'DoesNotExist' }), ['allow', 'allow']);
});

test('what no label selector of Kubernetes can be leaves a flow open', () => {
  const unread: readonly Spec[] = [
    { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] },
    {
      matchExpressions: [
        { key: 'app', operator: 'Exists' },
        { key: 'any:app', operator: 'Exists' },
      ],
    },
    { matchLabels: { 'k8s:app': 'client' } },
    { matchLabels: { app: 'client', $app: 'client' } },
  ];
  for (const selector of unread) {
    const verdicts = [
      kcnp(rule('Deny', { from: [{ namespaces: selector }] })),
      kcnp(rule('Deny', { from: [{ pods: { podSelector: selector } }] })),
      kcnp(rule('Deny', { from: [{ pods: { podSelector: {}, namespaceSelector: selector } }] })),
      kcnp({ ...rule('Deny'), subject: { namespaces: selector } }),
      kcnp({ ...rule('Deny'), subject: { pods: { podSelector: selector } } }),
    ].map((policy) => verdictOf([policy]));
    assert.deepEqual(new Set(verdicts), new Set(['unknown']), JSON.stringify(selector));
  }
});

test('networks are decided for addresses', () => {
  const to = (networks: readonly string[], address: string) =>
    verdictOf([kcnp({ egress: [{ action: 'Deny', to: [{ networks }] }] })], {
      direction: 'egress',
      peer: { kind: 'address', address },
    });
  assert.equal(to(['10.0.0.0/8', '192.0.2.0/24'], '192.0.2.1'), 'deny');
  assert.equal(to(['10.0.0.0/8', '192.0.2.0/24'], '192.0.3.1'), 'allow');
  assert.equal(to([], '192.0.2.1'), 'unknown');
});

test('namespaces are those of every cluster, pods those of the local one', () => {
  const labels = labelsOf('k8s:io.kubernetes.pod.namespace=b', 'k8s:io.cilium.k8s.policy.cluster=east', 'k8s:app=x');
  const peer: ReplayPeer = { kind: 'endpoint', labels };
  const pods = [{ pods: { podSelector: { matchLabels: { app: 'x' } } } }];
  assert.equal(verdictOf([kcnp(rule('Deny'))], { peer }), 'deny');
  assert.equal(verdictOf([kcnp(rule('Deny', { from: pods }))], { peer }), 'allow');
});

test('protocols are asked for as well', () => {
  const deny = kcnp(rule('Deny', { protocols: [{ tcp: { destinationPort: { range: { start: 70, end: 80 } } } }] }));
  assert.deepEqual(
    [79, 81].map((port) => verdictOf([deny], { port })),
    ['deny', 'allow'],
  );
  const named = kcnp(rule('Deny', { protocols: [{ destinationNamedPort: 'web' }] }));
  assert.deepEqual(
    [6, 1].map((protocol) => verdictOf([named], { protocol })),
    ['unknown', 'allow'],
  );
  // No name is every port of TCP, UDP and SCTP.
  const nameless = kcnp(rule('Deny', { protocols: [{}] }));
  assert.deepEqual(
    [6, 1].map((protocol) => verdictOf([nameless], { protocol })),
    ['deny', 'allow'],
  );
});

test('a peer that no agent knows denies everything, and accepts nothing', () => {
  const world: ReplayPeer = { kind: 'address', address: '8.8.8.8' };
  assert.equal(verdictOf([kcnp(rule('Deny', { from: [{ services: {} }] }))], { peer: world }), 'deny');
  assert.equal(verdictOf([kcnp(rule('Pass', { from: [{ services: {} }] }))], { peer: world }), 'deny');
  assert.equal(
    verdictOf([kcnp(rule('Deny', { from: [{ services: {} }, { namespaces: {} }] }))], { peer: world }),
    'deny',
  );
  assert.equal(verdictOf([DENY, kcnp(rule('Accept', { from: [{ services: {} }] }))]), 'deny');
});

describe('what is not modelled', () => {
  const to = (action: string, peer: Spec) => kcnp({ egress: [{ action, to: [peer] }] });
  const toWorld: Asked = { direction: 'egress', peer: { kind: 'address', address: '8.8.8.8' } };
  const closed = cnp({ endpointSelector: {}, egress: [{}] });

  test('makes a flow unknown that it may be about', () => {
    assert.equal(verdictOf([kcnp(rule('Pass'))]), 'unknown');
    assert.equal(verdictOf([closed, to('Accept', { domainNames: ['a.example'] })], toWorld), 'unknown');
    const node: ReplayPeer = { kind: 'endpoint', labels: labelsOf('reserved:remote-node') };
    assert.equal(verdictOf([to('Deny', { nodes: {} })], { direction: 'egress', peer: node }), 'unknown');
    const dns: ReplayPeer = { kind: 'endpoint', labels: podLabels('kube-system', 'dns', 'k8s:k8s-app=kube-dns') };
    assert.equal(
      verdictOf([closed, to('Accept', { domainNames: ['a.example'] })], { direction: 'egress', peer: dns }),
      'unknown',
    );
  });

  test('and no other', () => {
    const others = [{ pods: { podSelector: { matchLabels: { app: 'db' } } } }];
    assert.equal(verdictOf([kcnp(rule('Pass', { from: others }))]), 'allow');
    assert.equal(verdictOf([to('Deny', { nodes: {} })], { ...toWorld }), 'allow');
    const names = kcnp({ egress: [{ action: 'Accept', to: [{ domainNames: ['a.example'] }, { nodes: {} }] }] });
    assert.equal(verdictOf([closed, names], { direction: 'egress' }), 'default-deny');
    const dns: ReplayPeer = { kind: 'endpoint', labels: podLabels('kube-system', 'dns', 'k8s:k8s-app=kube-dns') };
    assert.equal(verdictOf([closed, names], { direction: 'egress', peer: dns }), 'unknown');
    assert.equal(verdictOf([closed, to('Accept', { nodes: {} })], { direction: 'egress', peer: dns }), 'default-deny');
  });

  test('leaves a deny behind an accept that may match undecided', () => {
    const named = rule('Accept', { protocols: [{ destinationNamedPort: 'web' }] });
    assert.equal(verdictOf([kcnp(named), DENY]), 'unknown');
    assert.equal(verdictOf([kcnp(named), ALLOW]), 'allow');
  });
});
