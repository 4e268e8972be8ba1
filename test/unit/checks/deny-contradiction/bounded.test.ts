/**
 * Rules with parts that proofs do not have: dead where the denies take all that they can come to, else not judged.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ciliumConfig, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { deny, METADATA } from '../../../support/team-a.ts';
import { finding, findings, submit, submissionOf } from '../../../support/review.ts';

const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'];
const NODE_LABELS = ciliumConfig({ 'enable-node-selector-labels': 'true' });
const TEAM = [NODE_LABELS, namespace('team-a'), pod('team-a/web-0', { app: 'web' })];

function web(spec: Json): Json {
  return policy('team-a/web', { endpointSelector: {}, ...spec });
}

function judged(denied: Json, allow: Json, version = '1.20.2') {
  return submit(storeWith([...TEAM, denied], version), allow);
}

const EVERYBODY = deny({ egressDeny: [{ toEntities: ['all'] }], ingressDeny: [{ fromEntities: ['all'] }] });
const WORLD = deny({ egressDeny: [{ toEntities: ['world'] }] });
const HTTP = { ports: [{ port: 'http', protocol: 'TCP' }] };
const SERVICE = { k8sService: { serviceName: 'db', namespace: 'team-a' } };
const NODES = { toNodes: [{ matchLabels: { pool: 'edge' } }] };
const TLS = { secret: { namespace: 'team-a', name: 'ca' } };

interface Bounded {
  readonly name: string;
  readonly rule: Json;
  readonly dead: readonly Json[];
  readonly alive: readonly Json[];
  readonly field: string;
}

const BOUNDED: readonly Bounded[] = [
  {
    name: 'authentication',
    rule: { toCIDR: [METADATA], authentication: { mode: 'required' } },
    dead: [EVERYBODY, WORLD, deny({ egressDeny: [{ toCIDR: [METADATA] }] })],
    alive: [deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }] })],
    field: 'spec.egress[0].toCIDR[0]',
  },
  {
    name: 'a port name',
    rule: { toCIDR: [METADATA], toPorts: [HTTP] },
    dead: [
      EVERYBODY,
      deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '0', protocol: 'TCP' }] }] }] }),
    ],
    alive: [
      deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }] }),
      deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '0', protocol: 'UDP' }] }] }] }),
    ],
    field: 'spec.egress[0].toCIDR[0]',
  },
  {
    name: 'a DNS name',
    rule: { toFQDNs: [{ matchName: 'api.example.com' }] },
    dead: [EVERYBODY, WORLD],
    alive: [deny({ egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] }), deny({ egressDeny: [{ toEntities: ['cluster'] }] })],
    field: 'spec.egress[0].toFQDNs[0]',
  },
  {
    name: 'nodes',
    rule: NODES,
    dead: [EVERYBODY, deny({ egressDeny: [{ toEntities: ['remote-node'] }] })],
    alive: [WORLD, deny({ egressDeny: [{ toEntities: ['host'] }] })],
    field: 'spec.egress[0].toNodes[0]',
  },
  {
    name: 'TLS',
    rule: { toCIDR: [METADATA], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }], originatingTLS: TLS }] },
    dead: [EVERYBODY, WORLD],
    alive: [deny({ egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] })],
    field: 'spec.egress[0].toCIDR[0]',
  },
];

for (const { name, rule, dead, alive, field } of BOUNDED) {
  describe(`an allow with ${name}`, () => {
    for (const version of VERSIONS) {
      test(`is dead where all that it can come to is denied (${version})`, () => {
        for (const denied of dead) {
          const decision = judged(denied, web({ egress: [rule] }), version);
          assert.equal(decision.verdict, 'deny', JSON.stringify(decision));
          assert.equal(finding(decision, 'dead-allow').field, field);
          assert.deepEqual(decision.replayMismatches, []);
        }
      });

      test(`is not judged where some of it may not be (${version})`, () => {
        for (const denied of alive) {
          const decision = judged(denied, web({ egress: [rule] }), version);
          assert.equal(decision.verdict, 'allow');
          assert.deepEqual(decision.findings, []);
          assert.match(decision.unknowns[0]?.reason ?? '', /^the model does not cover what denies do to /);
        }
      });
    }
  });
}

describe('an allow of Services', () => {
  const service: Json = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'team-a', name: 'db' },
    spec: { selector: { app: 'db' }, ports: [{ port: 5432 }] },
  };
  const allow = web({ egress: [{ toServices: [SERVICE] }] });

  test('is dead under a deny of everybody, whatever the Services come to tomorrow', () => {
    const decision = submit(storeWith([...TEAM, service, EVERYBODY]), allow);
    assert.equal(finding(decision, 'dead-allow').field, 'spec.egress[0].toServices[0]');
    assert.equal(decision.verdict, 'deny');
  });

  test('is not judged under a deny of the pods that they stand for today', () => {
    const pods = deny({ egressDeny: [{ toEndpoints: [{ matchLabels: { app: 'db' } }] }] });
    assert.deepEqual(submit(storeWith([...TEAM, service, pods]), allow).findings, []);
  });
});

describe('of a rule with numbers and names of ports', () => {
  const ports = [{ port: '80', protocol: 'TCP' }, ...HTTP.ports];
  const allow = web({ egress: [{ toCIDR: [METADATA], toPorts: [{ ports }] }, { toEndpoints: [{}] }] });

  test('each is told, a name by its name, and the fix takes both out', () => {
    const decision = judged(deny({ egressDeny: [{ toCIDR: [METADATA] }] }), allow);
    const found = findings(decision, 'dead-allow');
    assert.deepEqual(
      found.map(({ facts }) => facts['port']),
      [80, 'http'],
    );
    assert.match(found[1]?.message ?? '', /\(to 169\.254\.169\.254\/32, TCP\/http\) allows nothing/);
    const { fix } = found[0] ?? {};
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(fix.patch, [{ op: 'remove', path: '/spec/egress/0' }]);
    assert.ok(submissionOf(allow).revise(fix.patch).ok);
  });

  test('a number alone is dead where the deny names it, and the fix leaves the name', () => {
    const denied = deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [ports[0]] }] }] });
    const { facts, fix } = finding(judged(denied, allow), 'dead-allow');
    assert.equal(facts['port'], 80);
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(fix.patch, [{ op: 'remove', path: '/spec/egress/0/toPorts/0/ports/0' }]);
  });
});

test('an update that puts a name in the place of a number under the same deny is no news', () => {
  const denied = deny({ egressDeny: [{ toCIDR: [METADATA] }] });
  const withPort = (port: string): Json =>
    web({ egress: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port, protocol: 'TCP' }] }] }] });
  const store = storeWith([...TEAM, denied, withPort('80')]);
  assert.equal(submit(store, withPort('http'), { before: withPort('80') }).verdict, 'allow');
});

test('a rule with a part that nothing bounds is not judged under a deny of everybody either', () => {
  const rule = { toCIDRSet: [{ cidr: METADATA }], toGroups: [{ aws: { region: 'x' } }] };
  assert.deepEqual(findings(judged(EVERYBODY, web({ egress: [rule] })), 'dead-allow'), []);
});
