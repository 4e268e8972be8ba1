import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { schemaFault } from '../../../src/kubernetes/cilium-policy-schema.ts';
import { profileFor } from '../../support/profile.ts';

type Spec = Readonly<Record<string, unknown>>;

const VERSIONS = { '1.18': '1.18.8', '1.19': '1.19.7', '1.20': '1.20.2' } as const;

function policy(fields: Spec): Spec {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'p' }, ...fields };
}

/** The path that is refused under each version. */
function refused(fields: Spec) {
  const path = (version: string): string | undefined => schemaFault(policy(fields), profileFor(version))?.path;
  return { '1.18': path(VERSIONS['1.18']), '1.19': path(VERSIONS['1.19']), '1.20': path(VERSIONS['1.20']) };
}

function everywhere(path: string | undefined) {
  return { '1.18': path, '1.19': path, '1.20': path };
}

function egress(rule: Spec): Spec {
  return { spec: { endpointSelector: {}, egress: [rule] } };
}

function port(fields: Spec): Spec {
  return egress({ toPorts: [{ ports: [fields] }] });
}

suite('the schema of the CRD refuses', () => {
  const at = 'spec.egress[0].';
  const table: readonly (readonly [string, Spec, string])[] = [
    ['a rule without traffic rules', { spec: { endpointSelector: {} } }, 'spec'],
    ['a rule with both selectors', { spec: { endpointSelector: {}, nodeSelector: {}, ingress: [] } }, 'spec'],
    ['null for an object', { spec: null }, 'spec'],
    ['null among the rules', { specs: [null] }, 'specs[0]'],
    ['an address for a prefix', egress({ toCIDR: ['10.0.0.0/8', '10.0.0.1'] }), `${at}toCIDR[1]`],
    ['a prefix with a zone', egress({ toCIDR: ['fe80::1%eth0/64'] }), `${at}toCIDR[0]`],
    ['an unknown entity', egress({ toEntities: ['moon'] }), `${at}toEntities[0]`],
    ['a port that is a number', port({ port: 80 }), `${at}toPorts[0].ports[0].port`],
    ['an endPort of more than 16 bits', port({ port: '80', endPort: 65_536 }), `${at}toPorts[0].ports[0].endPort`],
    ['a protocol in lower case', port({ port: '80', protocol: 'tcp' }), `${at}toPorts[0].ports[0].protocol`],
    [
      'more than 40 ports',
      egress({ toPorts: [{ ports: Array.from({ length: 41 }, () => ({ port: '80' })) }] }),
      `${at}toPorts[0].ports`,
    ],
    ['a DNS name with a space', egress({ toFQDNs: [{ matchName: 'a b' }] }), `${at}toFQDNs[0].matchName`],
    ['a server name twice', egress({ toPorts: [{ serverNames: ['a', 'b', 'a'] }] }), `${at}toPorts[0].serverNames`],
    [
      'a label value with a space, by the key',
      { spec: { endpointSelector: { matchLabels: { 'app.io/x': 'a b' } }, egress: [{}] } },
      'spec.endpointSelector.matchLabels["app.io/x"]',
    ],
  ];
  for (const [name, fields, path] of table) test(name, () => assert.deepEqual(refused(fields), everywhere(path)));

  test('neither spec nor specs, since 1.20', () => {
    assert.deepEqual(refused({}), { ...everywhere(undefined), '1.20': '' });
    assert.deepEqual(refused({ specs: [] }), everywhere(undefined));
  });

  test('texts of fromRequires before 1.19, and every element since', () => {
    const requires = (element: unknown) =>
      refused({ spec: { endpointSelector: {}, ingress: [{ fromRequires: [element] }] } });
    assert.deepEqual(requires('x'), {
      ...everywhere('spec.ingress[0].fromRequires'),
      '1.18': 'spec.ingress[0].fromRequires[0]',
    });
    assert.deepEqual(requires({}), { ...everywhere('spec.ingress[0].fromRequires'), '1.18': undefined });
  });

  test('a protocol without ports that the minor does not know', () => {
    const field = `${at}toPorts[0].ports[0].protocol`;
    assert.deepEqual(refused(port({ port: '0', protocol: 'VRRP' })), { ...everywhere(undefined), '1.18': field });
    assert.deepEqual(refused(port({ port: '0', protocol: 'GRE' })), { ...everywhere(field), '1.20': undefined });
  });
});

test('the schema takes what only the agent refuses, and what an API server prunes', () => {
  assert.deepEqual(refused(port({ port: '65536' })), everywhere(undefined));
  assert.deepEqual(refused(egress({ toEndpoints: [{ matchLabels: { 'a b': 'c' } }] })), everywhere(undefined));
  assert.deepEqual(refused({ spec: { endpointSelector: {}, egress: [], x: 1 }, y: 2 }), everywhere(undefined));
});

test('the reason says what is expected, and of alternatives which', () => {
  const reasonOf = (fields: Spec): string | undefined => schemaFault(policy(fields), profileFor('1.20.2'))?.reason;
  assert.equal(reasonOf(port({ port: 80 })), 'must be of type string, is a number');
  assert.equal(reasonOf(egress({ toCIDR: [8] })), 'must be of type string, is a number');
  assert.equal(reasonOf(egress({ toCIDR: ['x'] })), 'must be a CIDR');
  assert.equal(reasonOf(egress({ toCIDRSet: [{}] })), 'must have exactly one of cidr, cidrGroupRef, cidrGroupSelector');
  assert.equal(reasonOf(egress({ toServices: [{ k8sServiceSelector: {} }] })), 'must have selector');
  assert.match(reasonOf(egress({ toEntities: ['moon'] })) ?? '', /^must be one of all, world, cluster, /);
});

test('a name that a backtracking engine would take for ever over is refused at once', { timeout: 5000 }, () => {
  const matchName = `${'a'.repeat(200)}!`;
  assert.deepEqual(refused(egress({ toFQDNs: [{ matchName }] })), everywhere('spec.egress[0].toFQDNs[0].matchName'));
});
