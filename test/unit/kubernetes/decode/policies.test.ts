import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import type { CiliumNetworkPolicy, ClusterObject, NetworkPolicy } from '../../../../src/cilium/objects.ts';
import type { CiliumRuleSpec, TrafficRuleSpec } from '../../../../src/cilium/policy-spec.ts';

function decode(value: unknown): ClusterObject {
  const decoded = decodeObject(value);
  assert.ok(decoded.ok, JSON.stringify(decoded));
  return decoded.value;
}

function cnp(fields: object): CiliumNetworkPolicy {
  const metadata = { name: 'web', namespace: 'team-a' };
  const policy = decode({ apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata, ...fields });
  assert.ok(policy.kind === 'CiliumNetworkPolicy');
  return policy;
}

function ruleOf(spec: object): CiliumRuleSpec {
  const [rule] = cnp({ spec }).rules;
  assert.ok(rule !== undefined);
  return rule;
}

function ingressRule(rule: unknown): TrafficRuleSpec {
  const [decoded] = ruleOf({ endpointSelector: {}, ingress: [rule] }).ingress ?? [];
  assert.ok(decoded !== undefined);
  return decoded;
}

function knp(spec: object): NetworkPolicy['spec'] {
  const metadata = { name: 'web', namespace: 'team-a' };
  const policy = decode({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
  assert.ok(policy.kind === 'NetworkPolicy');
  return policy.spec;
}

const anything = { matchLabels: new Map(), matchExpressions: [] };

test('a CiliumNetworkPolicy is decoded field by field, with the place of every rule', () => {
  const rule = ruleOf({
    description: 'unknown fields are ignored',
    labels: [{ key: 'x' }],
    endpointSelector: {
      matchLabels: { 'k8s:app': 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'x', operator: 'Exists' },
      ],
    },
    enableDefaultDeny: { ingress: false },
    ingress: [
      {
        fromEndpoints: [{ matchLabels: { app: 'client' } }],
        fromNodes: [{}],
        fromCIDR: ['10.0.0.0/8'],
        fromCIDRSet: [
          { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
          { cidrGroupRef: 'g' },
          { cidrGroupSelector: {} },
        ],
        fromEntities: ['world'],
        fromGroups: [{ aws: { region: 'x' } }],
        fromRequires: [{ matchLabels: { team: 'a' } }],
        authentication: { mode: 'required' },
        icmps: [{ fields: [{ type: 8 }, { family: 'IPv6', type: 'EchoRequest' }] }],
        toPorts: [
          {
            ports: [{ port: '80', protocol: 'TCP' }, { port: '8000', endPort: 9000 }, {}],
            serverNames: ['a.example'],
            terminatingTLS: { secret: { name: 's' } },
            listener: { envoyConfig: { name: 'e' }, name: 'l' },
            rules: {
              http: [{ method: 'GET', headerMatches: [{ name: 'X', secret: {} }] }],
              kafka: [],
              dns: null,
              l7proto: 'x',
              l7: [{}, { a: 'b' }],
            },
          },
        ],
        toFQDNs: 'does not exist here',
      },
    ],
    egress: [
      {
        toEndpoints: [],
        toFQDNs: [{ matchName: 'a.example' }, { matchPattern: '*.example' }],
        toServices: [
          { k8sService: { serviceName: 'db', namespace: 'b' } },
          { k8sServiceSelector: { selector: { matchLabels: { a: 'b' } }, namespace: 'c' } },
        ],
      },
    ],
    ingressDeny: [],
    egressDeny: [
      {
        toEntities: ['all'],
        toFQDNs: 'does not exist here',
        authentication: 'nor this',
        toPorts: [{ ports: [{ port: '25' }], rules: 'nor this', listener: 1 }],
      },
    ],
  });
  assert.deepEqual(rule, {
    path: 'spec',
    endpointSelector: {
      matchLabels: new Map([['k8s:app', 'web']]),
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'x', operator: 'Exists', values: [] },
      ],
    },
    enableDefaultDeny: { ingress: false },
    ingress: [
      {
        path: 'spec.ingress[0]',
        endpoints: [{ matchLabels: new Map([['app', 'client']]), matchExpressions: [] }],
        nodes: [anything],
        cidr: ['10.0.0.0/8'],
        cidrSet: [
          { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
          { cidrGroupRef: 'g', except: [] },
          { cidrGroupSelector: anything, except: [] },
        ],
        entities: ['world'],
        groups: ['HqeMQCgse4xG8IBDNodXfhJ3WluJdtPxU4s7lQ'],
        requires: [{ matchLabels: new Map([['team', 'a']]), matchExpressions: [] }],
        authentication: { mode: 'required' },
        icmps: [
          {
            fields: [
              { family: 'IPv4', type: 8 },
              { family: 'IPv6', type: 'EchoRequest' },
            ],
          },
        ],
        toPorts: [
          {
            path: 'spec.ingress[0].toPorts[0]',
            ports: [
              { port: '80', endPort: 0, protocol: 'TCP' },
              { port: '8000', endPort: 9000, protocol: '' },
              { port: '', endPort: 0, protocol: '' },
            ],
            serverNames: ['a.example'],
            terminatingTLS: { namespace: '', name: 's' },
            listener: { configKind: '', configName: 'e', name: 'l', priority: 0 },
            rules: {
              http: [{ path: '', method: 'GET', headerMatches: [{ name: 'X', mismatch: '', secret: '' }] }],
              kafka: [],
              l7: [[], ['a']],
              l7proto: 'x',
            },
          },
        ],
      },
    ],
    egress: [
      {
        path: 'spec.egress[0]',
        endpoints: [],
        fqdns: [
          { matchName: 'a.example', matchPattern: '' },
          { matchName: '', matchPattern: '*.example' },
        ],
        services: [
          { k8sService: { serviceName: 'db', namespace: 'b' } },
          {
            k8sServiceSelector: {
              selector: { matchLabels: new Map([['a', 'b']]), matchExpressions: [] },
              namespace: 'c',
            },
          },
        ],
      },
    ],
    ingressDeny: [],
    egressDeny: [
      {
        path: 'spec.egressDeny[0]',
        entities: ['all'],
        toPorts: [
          {
            path: 'spec.egressDeny[0].toPorts[0]',
            ports: [{ port: '25', endPort: 0, protocol: '' }],
            serverNames: [],
          },
        ],
      },
    ],
  });
});

test('spec comes before specs, and each rule knows its place', () => {
  const { rules } = cnp({ spec: { endpointSelector: {} }, specs: [{ endpointSelector: {} }, { ingress: [{}] }] });
  assert.deepEqual(
    rules.map((rule) => rule.path),
    ['spec', 'specs[0]', 'specs[1]'],
  );
  assert.equal(rules[2]?.ingress?.[0]?.path, 'specs[1].ingress[0]');
});

test('a policy without spec and specs has no rules', () => {
  assert.deepEqual(cnp({}).rules, []);
  assert.deepEqual(cnp({ specs: null }).rules, []);
});

test('a clusterwide policy has no namespace', () => {
  const metadata = { name: 'deny', namespace: 'ignored' };
  const policy = decode({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumClusterwideNetworkPolicy',
    metadata,
    spec: { nodeSelector: {} },
  });
  assert.deepEqual(policy, {
    kind: 'CiliumClusterwideNetworkPolicy',
    name: 'deny',
    uid: '',
    terminating: false,
    rules: [{ path: 'spec', nodeSelector: anything, enableDefaultDeny: {} }],
  });
});

test('an empty list is not an absent one', () => {
  const rule = ingressRule({ fromEndpoints: [], fromCIDR: null, toPorts: [] });
  assert.deepEqual(rule, { path: 'spec.ingress[0]', endpoints: [], toPorts: [] });
});

test('a null in a list of rules, peers or ports is an element without fields', () => {
  assert.deepEqual(ingressRule(null), { path: 'spec.ingress[0]' });
  assert.deepEqual(ingressRule({ fromEndpoints: [null] }).endpoints, [anything]);
  assert.deepEqual(ingressRule({ toPorts: [{ ports: [null] }] }).toPorts?.[0]?.ports, [
    { port: '', endPort: 0, protocol: '' },
  ]);
  assert.deepEqual(ingressRule({ fromEntities: [null] }).entities, ['']);
});

test('a null endpointSelector selects everything, as its UnmarshalJSON makes it', () => {
  assert.deepEqual(ruleOf({ endpointSelector: null }).endpointSelector, anything);
  assert.equal(ruleOf({}).endpointSelector, undefined);
});

test('a NetworkPolicy is decoded field by field', () => {
  const spec = knp({
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { podSelector: {}, namespaceSelector: null },
          { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] } },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
        ],
        ports: [{ port: 80 }, { protocol: 'UDP', port: 'dns' }, { protocol: 'TCP', port: 1, endPort: 5 }, {}],
      },
    ],
    egress: [{ to: [] }, {}],
  });
  assert.deepEqual(spec, {
    podSelector: { matchLabels: new Map([['app', 'web']]), matchExpressions: [] },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        path: 'spec.ingress[0]',
        peers: [
          { path: 'spec.ingress[0].from[0]', podSelector: anything },
          {
            path: 'spec.ingress[0].from[1]',
            namespaceSelector: {
              matchLabels: new Map(),
              matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }],
            },
          },
          { path: 'spec.ingress[0].from[2]', ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
        ],
        ports: [
          { protocol: 'TCP', port: 80 },
          { protocol: 'UDP', port: 'dns' },
          { protocol: 'TCP', port: 1, endPort: 5 },
          { protocol: 'TCP' },
        ],
      },
    ],
    egress: [{ path: 'spec.egress[0]', peers: [] }, { path: 'spec.egress[1]' }],
  });
});
