import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ciliumConfig, namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { finding, submit } from '../../../support/review.ts';
import { deny, METADATA, web } from '../../../support/team-a.ts';

const DENIES = deny({
  ingressDeny: [{ fromEntities: ['all'] }],
  egressDeny: [{ toEntities: ['all'] }],
});

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'payments', name: 'db' },
  spec: { selector: { app: 'db' } },
};

const store = storeWith([
  ciliumConfig({ 'enable-node-selector-labels': 'true' }),
  namespace('team-a'),
  pod('team-a/web-0', { app: 'web' }),
  SERVICE,
  DENIES,
]);

/** What stands behind the place of the peer in the message about it. */
function named(allow: Json): string {
  const { message } = finding(submit(store, allow), 'dead-allow');
  return message.slice(message.indexOf('(') + 1, message.lastIndexOf(', every port) allows nothing'));
}

function to(peers: Json): Json {
  return web({ egress: [peers] });
}

function endpoints(matchLabels: Json, matchExpressions: readonly Json[] = []): Json {
  return { toEndpoints: [{ matchLabels, matchExpressions }] };
}

function networkPolicy(from: readonly Json[]): Json {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'team-a', name: 'web' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from }] },
  };
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const ENV = 'io.cilium.k8s.namespace.labels.env';

const PEERS: readonly { readonly name: string; readonly allow: Json; readonly says: string }[] = [
  {
    name: 'pods of its own namespace',
    allow: to(endpoints({ app: 'db' })),
    says: 'to pods with app=db in namespace team-a',
  },
  {
    name: 'pods of a namespace',
    allow: to(endpoints({ app: 'db', [`k8s:${NAMESPACE}`]: 'payments' })),
    says: 'to pods with app=db in namespace payments',
  },
  {
    name: 'pods of some namespaces',
    allow: to(endpoints({}, [{ key: NAMESPACE, operator: 'In', values: ['a', 'b', 'c', 'd'] }])),
    says: 'to pods in namespaces a, b, c and 1 more',
  },
  {
    name: 'pods of namespaces with a label',
    allow: to(endpoints({ app: 'db', [`k8s:${ENV}`]: 'prod' })),
    says: 'to pods with app=db in namespaces with env=prod',
  },
  {
    name: 'pods by expressions',
    allow: to(
      endpoints({}, [
        { key: 'app', operator: 'NotIn', values: ['web'] },
        { key: 'canary', operator: 'DoesNotExist' },
        { key: 'tier', operator: 'In', values: ['back', 'front'] },
      ]),
    ),
    says: 'to pods with app!=web,!canary,tier in (back,front) in namespace team-a',
  },
  {
    name: 'a prefix',
    allow: to({ toCIDR: [METADATA] }),
    says: `to ${METADATA}`,
  },
  {
    name: 'a prefix with holes',
    allow: to({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] }] }),
    says: 'to 10.0.0.0/8 except 10.1.0.0/16 and 10.2.0.0/16',
  },
  { name: 'an entity', allow: to({ toEntities: ['cluster'] }), says: 'to the entity cluster' },
  {
    name: 'a name',
    allow: to({ toFQDNs: [{ matchName: 'db.example.com' }] }),
    says: 'to the name db.example.com',
  },
  {
    name: 'a pattern of names',
    allow: to({ toFQDNs: [{ matchPattern: '*.example.com' }] }),
    says: 'to names like *.example.com',
  },
  {
    name: 'a Service',
    allow: to({ toServices: [{ k8sService: { serviceName: 'db', namespace: 'payments' } }] }),
    says: 'to the Service db in namespace payments',
  },
  {
    name: 'nodes',
    allow: to({ toNodes: [{ matchLabels: { role: 'edge' } }] }),
    says: 'to nodes with role=edge',
  },
  {
    name: 'no peer',
    allow: to({ toPorts: [{ ports: [{ port: '0', protocol: 'ANY' }] }] }),
    says: 'to everybody',
  },
  {
    name: 'pods of a NetworkPolicy',
    allow: networkPolicy([
      { namespaceSelector: { matchLabels: { env: 'prod' } }, podSelector: { matchLabels: { app: 'db' } } },
    ]),
    says: 'from pods with app=db in namespaces with env=prod',
  },
  {
    name: 'pods of any namespace',
    allow: networkPolicy([{ namespaceSelector: {} }]),
    says: 'from pods in any namespace',
  },
  {
    name: 'a block of a NetworkPolicy',
    allow: networkPolicy([{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }]),
    says: 'from 10.0.0.0/8 except 10.1.0.0/16',
  },
];

describe('a dead allow says which peer it is about', () => {
  for (const { name, allow, says } of PEERS) {
    test(name, () => {
      assert.equal(named(allow), says);
    });
  }

  test('in few words, however much is written', () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`label-number-${index}`, 'x'.repeat(63)]),
    );
    const text = named(to(endpoints(many)));
    assert.ok(text.length <= 'to '.length + 100, text);
    assert.match(text, /^to pods with label-number-0=x+,/);
    assert.match(text, /\.\.\.$/);
  });
});
