import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import { decoded, type Json } from '../../../support/objects.ts';
import { endpointSlice, service } from '../../../support/services.ts';

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
  ['addressType', endpointSlice('a/x', 'y', [], { addressType: 4 })],
];

for (const [path, object] of wrong) {
  test(`${path} of a wrong shape is an error at its place`, () => {
    const result = decodeObject(object);
    assert.ok(!result.ok);
    assert.deepEqual({ code: result.error.code, path: result.error.path }, { code: 'malformed', path });
  });
}
