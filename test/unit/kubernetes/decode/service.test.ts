import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import { decoded, type Json } from '../../../support/objects.ts';
import { endpoints, endpointSlice, service } from '../../../support/services.ts';

const identified = { namespace: 'team-a', uid: '', terminating: false };

test('a Service has labels and a selector', () => {
  assert.deepEqual(decoded(service('team-a/db', { selector: { app: 'db' }, clusterIP: 'None' }, { tier: 'back' })), {
    kind: 'Service',
    name: 'db',
    ...identified,
    labels: new Map([['tier', 'back']]),
    selector: new Map([['app', 'db']]),
    onSomeNodes: false,
  });
});

for (const annotation of ['service.cilium.io/node', 'service.cilium.io/node-selector']) {
  test(`a Service with ${annotation} is there on some nodes`, () => {
    const metadata = { namespace: 'team-a', name: 'db', annotations: { [annotation]: 'x' } };
    const object = decoded({ apiVersion: 'v1', kind: 'Service', metadata, spec: {} });
    assert.ok(object.kind === 'Service' && object.onSomeNodes);
  });
}

test('an EndpointSlice has the addresses of all its endpoints, ready or not', () => {
  const endpoints = [
    { addresses: ['192.0.2.1', '192.0.2.2'], conditions: { ready: false } },
    { addresses: ['192.0.2.3'] },
  ];
  const ports = [{ name: 'https', port: 443 }, { protocol: 'UDP' }];
  assert.deepEqual(decoded(endpointSlice('team-a/db-1', 'db', [], { endpoints, ports })), {
    kind: 'EndpointSlice',
    name: 'db-1',
    ...identified,
    labels: new Map([['kubernetes.io/service-name', 'db']]),
    addressType: 'IPv4',
    addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
    ports: [{ port: 443, protocol: '' }, { protocol: 'UDP' }],
  });
});

test('Endpoints have the addresses of each subset, ready or not, and its ports', () => {
  const subsets = [
    {
      addresses: [{ ip: '192.0.2.1' }],
      notReadyAddresses: [{ ip: '192.0.2.2', nodeName: 'a' }],
      ports: [{ port: 443 }],
    },
    { addresses: [{ ip: '2001:db8::1' }], ports: [{ port: 53, protocol: 'UDP' }] },
  ];
  assert.deepEqual(decoded(endpoints('team-a/db', [], { subsets })), {
    kind: 'Endpoints',
    name: 'db',
    ...identified,
    labels: new Map(),
    subsets: [
      { addresses: ['192.0.2.1', '192.0.2.2'], ports: [{ port: 443, protocol: '' }] },
      { addresses: ['2001:db8::1'], ports: [{ port: 53, protocol: 'UDP' }] },
    ],
  });
});

for (const subsets of [null, [], [null], [{ addresses: null, notReadyAddresses: null, ports: null }]]) {
  test(`Endpoints may have no address: subsets are ${JSON.stringify(subsets)}`, () => {
    const object = decoded(endpoints('team-a/db', [], { subsets }));
    assert.ok(object.kind === 'Endpoints');
    assert.deepEqual(
      object.subsets.flatMap(({ addresses }) => addresses),
      [],
    );
  });
}

const wrong: readonly (readonly [path: string, object: Json])[] = [
  ['spec', service('a/x', 'text' as unknown as Json)],
  ['spec.selector', service('a/x', { selector: [] })],
  ['spec.selector.app', service('a/x', { selector: { app: 1 } })],
  ['endpoints', endpointSlice('a/x', 'y', [], { endpoints: {} })],
  ['endpoints[0]', endpointSlice('a/x', 'y', [], { endpoints: ['192.0.2.1'] })],
  ['endpoints[0].addresses', endpointSlice('a/x', 'y', [], { endpoints: [{ addresses: '192.0.2.1' }] })],
  ['endpoints[0].addresses[1]', endpointSlice('a/x', 'y', [], { endpoints: [{ addresses: ['192.0.2.1', 1] }] })],
  ['ports', endpointSlice('a/x', 'y', [], { ports: 443 })],
  ['ports[0].port', endpointSlice('a/x', 'y', [], { ports: [{ port: 'https' }] })],
  ['ports[0].protocol', endpointSlice('a/x', 'y', [], { ports: [{ protocol: 6 }] })],
  ['subsets', endpoints('a/x', [], { subsets: {} })],
  ['subsets[0]', endpoints('a/x', [], { subsets: ['192.0.2.1'] })],
  ['subsets[0].addresses', endpoints('a/x', [], { subsets: [{ addresses: '192.0.2.1' }] })],
  ['subsets[0].addresses[1]', endpoints('a/x', [], { subsets: [{ addresses: [{}, '192.0.2.1'] }] })],
  ['subsets[0].addresses[0].ip', endpoints('a/x', [], { subsets: [{ addresses: [{ ip: 1 }] }] })],
  ['subsets[0].notReadyAddresses[0].ip', endpoints('a/x', [], { subsets: [{ notReadyAddresses: [{ ip: [] }] }] })],
  ['subsets[0].ports[0].port', endpoints('a/x', [], { subsets: [{ ports: [{ port: 'https' }] }] })],
  ['addressType', endpointSlice('a/x', 'y', [], { addressType: 4 })],
];

for (const [path, object] of wrong) {
  test(`${path} of a wrong shape is an error at its place`, () => {
    const result = decodeObject(object);
    assert.ok(!result.ok);
    assert.deepEqual({ code: result.error.code, path: result.error.path }, { code: 'malformed', path });
  });
}
