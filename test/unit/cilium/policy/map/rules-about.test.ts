/**
 * Which rules, and which of their peer items, are about a flow. Refs are told by their fields.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { NamedPorts } from '../../../../../src/cilium/policy/map/contributions.ts';
import { rulesAbout } from '../../../../../src/cilium/policy/map/rules-about.ts';
import type { PeerFlow } from '../../../../../src/cilium/policy/map/verdict.ts';
import { cnp, contextFor, inputsOf, podLabels, rulesOf, universeOf, type Spec } from '../../../../support/policies.ts';

const [WEB, DB, NEW] = [1_000, 1_001, 1_002];
const PODS = [
  [WEB, podLabels('a', 'web')],
  [DB, podLabels('a', 'db')],
] as const;

/** `web` is 8080 of the subject, 81 of the cluster, and 80 of one pod. */
const NAMES: NamedPorts = {
  ingress: (name, protocol) => (name === 'web' && protocol === 6 ? 8_080 : undefined),
  egress: (name, protocol) => (name === 'web' && protocol === 6 ? 81 : undefined),
  portOf: (identity, name, protocol) => (identity === WEB && name === 'web' && protocol === 6 ? 80 : undefined),
  identitiesWith: () => [],
};

function about(spec: Spec, flow: Partial<PeerFlow>, version = '1.19.7'): readonly string[] {
  const context = contextFor(version);
  const rules = rulesOf(cnp({ endpointSelector: {}, ...spec }), context);
  const asked = { direction: 'ingress', identity: WEB, protocol: 6, port: 80, ...flow } as const;
  const found = rulesAbout(rules, asked, { ...inputsOf(universeOf(context, PODS), context), namedPorts: NAMES });
  for (const { rule } of found) assert.ok(rules.includes(rule));
  return found.map(({ ref }) => ref.field);
}

const app = (name: string): Spec => ({ matchLabels: { app: name } });
const on = (port: string): Spec => ({ toPorts: [{ ports: [{ port, protocol: 'TCP' }] }] });

suite('a rule is about a flow', () => {
  test('of its direction, whatever it says of it', () => {
    const spec = { ingress: [on('80')], ingressDeny: [on('80')], egress: [on('80')] };
    assert.deepEqual(about(spec, {}), ['spec.ingress[0]', 'spec.ingressDeny[0]']);
    assert.deepEqual(about(spec, { direction: 'egress' }), ['spec.egress[0]']);
  });

  test('on its ports and their protocol', () => {
    assert.deepEqual(about({ ingress: [on('80')] }, { port: 81 }), []);
    assert.deepEqual(about({ ingress: [on('80')] }, { protocol: 17 }), []);
    assert.deepEqual(about({ ingress: [{ fromEntities: ['all'] }] }, { protocol: 17, port: 4 }), [
      'spec.ingress[0].fromEntities[0]',
    ]);
  });

  test('with each of its peer items that selects the peer', () => {
    const fromEndpoints = [app('web'), app('db'), { matchLabels: {} }];
    const spec = { ingress: [{ fromEndpoints }, { fromEndpoints: [app('db')] }, {}] };
    const items = (...indexes: readonly number[]): readonly string[] =>
      indexes.map((index) => `spec.ingress[0].fromEndpoints[${index}]`);
    assert.deepEqual(about(spec, {}), items(0, 2));
    assert.deepEqual(about(spec, { identity: DB }), [...items(1, 2), 'spec.ingress[1].fromEndpoints[0]']);
    assert.deepEqual(about(spec, { identity: NEW }), []);
  });

  test('of a peer that nobody knows yet, where it takes everybody, or since 1.20 the aggregate of the peer', () => {
    const spec = { ingress: [{ fromEntities: ['cluster', 'all', 'world'] }] };
    const known = { identity: NEW };
    assert.deepEqual(about(spec, known), ['spec.ingress[0].fromEntities[1]']);
    const since = ['spec.ingress[0].fromEntities[0]', 'spec.ingress[0].fromEntities[1]'];
    assert.deepEqual(about(spec, known, '1.20.2'), since);
  });
});

suite('a name of a port is', () => {
  const spec = { ingress: [on('web')], egress: [on('web')] };
  const ports = (flow: Partial<PeerFlow>, version?: string): readonly number[] =>
    [80, 81, 8_080].filter((port) => about(spec, { ...flow, port }, version).length > 0);

  test('a port of the subject on ingress', () => {
    for (const version of ['1.19.7', '1.20.2']) assert.deepEqual(ports({}, version), [8_080]);
    assert.deepEqual(ports({ protocol: 17 }), []);
  });

  test('a port of all pods on egress until 1.19, and one of the peer since', () => {
    const egress = { direction: 'egress' } as const;
    assert.deepEqual(ports(egress), [81]);
    assert.deepEqual(ports(egress, '1.20.2'), [80]);
    assert.deepEqual(ports({ ...egress, identity: DB }, '1.20.2'), []);
  });

  test('beside the numbers of its rule', () => {
    const both = { ingress: [{ toPorts: [{ ports: [{ port: 'web' }, { port: '80' }].map(tcp) }] }] };
    for (const port of [80, 8_080]) assert.deepEqual(about(both, { port }), ['spec.ingress[0]']);
    assert.deepEqual(about(both, { port: 81 }), []);
  });
});

function tcp(port: Spec): Spec {
  return { ...port, protocol: 'TCP' };
}
