import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatPrefix } from '../../../../src/cilium/policy/prefixes/cidr.ts';
import { isServiceObject } from '../../../../src/cilium/policy/service-catalog.ts';
import {
  apiServerPrefixes,
  backendsOf,
  isOfAPIServers,
  knowsAPIServers,
} from '../../../../src/cilium/policy/services.ts';
import { decoded, type Json } from '../../../support/objects.ts';
import { contextFor } from '../../../support/policies.ts';
import { catalogOf, endpoints, endpointSlice } from '../../../support/services.ts';

const DB = { namespace: 'team-a', name: 'db' };
const versions = ['1.18.8', '1.19.7', '1.20.2'];

function backends(slices: readonly Json[], version = '1.20.2', config = {}): readonly string[] {
  return backendsOf(DB, catalogOf(...slices), contextFor(version, config)).map(formatPrefix);
}

function apiServers(slice: Json, version: string): readonly string[] {
  return apiServerPrefixes(catalogOf(slice), contextFor(version)).map(({ prefix }) => formatPrefix(prefix));
}

function labelled(labels: Readonly<Record<string, string>>): Json {
  const metadata = { namespace: 'team-a', name: 'db-1', labels: { 'kubernetes.io/service-name': 'db', ...labels } };
  return endpointSlice('team-a/db-1', 'db', ['192.0.2.1'], { metadata });
}

suite('the backends of a Service', () => {
  test('are the addresses in all of its slices, each once', () => {
    const one = endpointSlice('team-a/db-1', 'db', ['192.0.2.1', '192.0.2.2'], { ports: [{ port: 1 }, { port: 2 }] });
    const two = endpointSlice('team-a/db-2', 'db', ['192.0.2.2', '192.0.2.3']);
    const others = [
      endpointSlice('team-b/db-1', 'db', ['192.0.2.4']),
      endpointSlice('team-a/web-1', 'web', ['192.0.2.5']),
    ];
    assert.deepEqual(backends([one, two, ...others]), ['192.0.2.1/32', '192.0.2.2/32', '192.0.2.3/32']);
  });

  test('are of families that are switched on', () => {
    const slices = [
      endpointSlice('team-a/db-4', 'db', ['192.0.2.1']),
      endpointSlice('team-a/db-6', 'db', ['2001:db8::1'], { addressType: 'IPv6' }),
    ];
    assert.deepEqual(backends(slices), ['192.0.2.1/32']);
    assert.deepEqual(backends(slices, '1.20.2', { ipv6: true }), ['192.0.2.1/32', '2001:db8::1/128']);
    assert.deepEqual(backends(slices, '1.20.2', { ipv4: false, ipv6: true }), ['2001:db8::1/128']);
  });

  const none: readonly (readonly [why: string, rest: Json])[] = [
    ['without a port', { ports: [] }],
    ['with a port without a number', { ports: [{ name: 'x' }] }],
    ['with a port of another protocol', { ports: [{ port: 80, protocol: 'ICMP' }] }],
    ['of names', { addressType: 'FQDN' }],
    ['of no addresses', { endpoints: [{ addresses: ['db.example.com'] }] }],
    [
      'of the endpoint that an operator makes up',
      { endpoints: [{ addresses: ['192.192.192.192'] }], ports: [{ port: 9999 }] },
    ],
  ];
  for (const [why, rest] of none) {
    test(`are none in a slice ${why}`, () => {
      assert.deepEqual(backends([endpointSlice('team-a/db-1', 'db', ['192.0.2.1'], rest)]), []);
    });
  }

  test('are those of the address of that endpoint with another port, and of that port at another address', () => {
    const at = (address: string, port: number): readonly string[] =>
      backends([endpointSlice('team-a/db-1', 'db', [address], { ports: [{ port }] })]);
    assert.deepEqual(at('192.192.192.192', 80), ['192.192.192.192/32']);
    assert.deepEqual(at('192.0.2.1', 9999), ['192.0.2.1/32']);
  });

  test('are none in a slice that a mesh made, or that is headless unless agents watch those', () => {
    const mesh = labelled({ 'endpointslice.kubernetes.io/managed-by': 'endpointslice-mesh-controller.cilium.io' });
    const headless = labelled({ 'service.kubernetes.io/headless': '' });
    assert.deepEqual([backends([mesh]), backends([headless])], [[], []]);
    assert.deepEqual(backends([headless], '1.20.2', { watchesHeadlessServices: true }), ['192.0.2.1/32']);
  });

  test('are those of the proxy that the slice names, since 1.19', () => {
    const slice = labelled({ 'service.kubernetes.io/service-proxy-name': 'other' });
    assert.deepEqual(
      versions.map((version) => backends([slice], version)),
      [['192.0.2.1/32'], [], []],
    );
    assert.deepEqual(backends([slice], '1.20.2', { serviceProxyName: 'other' }), ['192.0.2.1/32']);
    assert.deepEqual(backends([labelled({})], '1.20.2', { serviceProxyName: 'other' }), []);
  });
});

suite('API servers', () => {
  test('are the backends of default/kubernetes, with the label of the entity', () => {
    const slice = endpointSlice('default/kubernetes', 'kubernetes', ['192.0.2.1']);
    for (const version of versions) {
      const [first, ...others] = apiServerPrefixes(catalogOf(slice), contextFor(version));
      assert.ok(first !== undefined && others.length === 0);
      assert.equal(formatPrefix(first.prefix), '192.0.2.1/32');
      assert.deepEqual(first.labels, [{ source: 'reserved', key: 'kube-apiserver', value: '' }]);
    }
  });

  test('are every address of its slices until 1.18', () => {
    const slice = endpointSlice('default/kubernetes', 'kubernetes', ['192.0.2.1', '2001:db8::1'], { ports: [] });
    assert.deepEqual(
      versions.map((version) => apiServers(slice, version)),
      [['192.0.2.1/32', '2001:db8::1/128'], [], []],
    );
  });

  test('are not those of a Service of that name elsewhere', () => {
    assert.deepEqual(apiServers(endpointSlice('team-a/kubernetes', 'kubernetes', ['192.0.2.1']), '1.20.2'), []);
  });

  test('are known where their slice is told, or their Endpoints, skipped or not', () => {
    const isKnown = (...objects: readonly Json[]): boolean => knowsAPIServers(catalogOf(...objects));
    assert.ok(!isKnown());
    assert.ok(!isKnown(endpointSlice('default/other', 'other', ['192.0.2.1'])));
    assert.ok(isKnown(endpointSlice('default/kubernetes', 'kubernetes', ['192.0.2.1'])));
    assert.ok(isKnown(endpoints('default/kubernetes', ['192.0.2.1'])));
  });

  test('are those of that name in that namespace alone', () => {
    const isOne = (path: string): boolean => {
      const object = decoded(endpoints(path, ['192.0.2.1']));
      assert.ok(isServiceObject(object));
      return isOfAPIServers(object);
    };
    assert.deepEqual(['default/kubernetes', 'default/db', 'team-a/kubernetes'].map(isOne), [true, false, false]);
  });
});
