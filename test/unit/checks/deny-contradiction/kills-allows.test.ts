/**
 * What the author of a clusterwide policy is told of the allows that it kills.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ciliumConfig,
  clusterNetworkPolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { deny, METADATA, tcp } from '../../../support/team-a.ts';
import { admit } from '../../../../src/review/admit.ts';
import { ENFORCE, finding, findings, submissionOf, submit } from '../../../support/review.ts';

const DENY = deny({ egressDeny: [{ toCIDR: [METADATA] }] });

const ALLOWS = [
  namespace('team-a'),
  namespace('team-b'),
  pod('team-a/web-0', { app: 'web' }),
  policy('team-a/web', { endpointSelector: {}, egress: [{ toCIDR: [METADATA], toPorts: [tcp('80', '443')] }] }),
  policy('team-a/all', { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: METADATA } }] }] }, 'NetworkPolicy'),
  policy('team-b/web', { endpointSelector: {}, egress: [{ toCIDR: [METADATA, '203.0.113.0/24'] }] }),
];

describe('a clusterwide policy that is created', () => {
  test('is admitted, and its author is told how many allows of which namespaces it kills, and where', () => {
    const decision = submit(storeWith(ALLOWS), DENY);
    assert.equal(decision.verdict, 'allow');
    const { severity, certainty, audience, field, facts, causes, witness } = finding(decision, 'kills-allows');
    assert.deepEqual([severity, certainty, audience, field], ['advice', 'lower-bound', 'author', 'spec.egressDeny[0]']);
    assert.deepEqual(facts, {
      allows: 4,
      policies: 3,
      namespaces: 2,
      perNamespace: ['team-a: 3', 'team-b: 1'],
      example: 'CiliumNetworkPolicy/team-a/web spec.egress[0].toCIDR[0]',
    });
    assert.deepEqual(
      causes.map(({ field: of }) => of),
      ['spec.egressDeny[0]'],
    );
    assert.ok(witness?.source.kind === 'endpoint');
    assert.equal(witness.source.pod, 'team-a/web-0');
  });

  test('says so in one sentence', () => {
    assert.equal(
      finding(submit(storeWith(ALLOWS), DENY), 'kills-allows').message,
      'with CiliumClusterwideNetworkPolicy deny at least 4 allows of 3 policies in 2 namespaces would allow nothing any more ' +
        '(team-a: 3 and team-b: 1), such as CiliumNetworkPolicy team-a/web spec.egress[0].toCIDR[0]',
    );
  });

  test('kills an allow together with another policy', () => {
    const half = deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [tcp('80')] }] }, 'half');
    const web = policy('team-a/web', {
      endpointSelector: {},
      egress: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '80', endPort: 81, protocol: 'TCP' }] }] }],
    });
    const rest = deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [tcp('81')] }] }, 'rest');
    const { facts, causes } = finding(submit(storeWith([namespace('team-a'), web, half]), rest), 'kills-allows');
    assert.equal(facts['allows'], 1);
    assert.deepEqual(
      causes.map(({ object }) => object.name),
      ['rest'],
    );
  });

  test('kills an allow at the other end of its flow', () => {
    const web = policy('team-a/web', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{ matchLabels: { app: 'db' } }] }],
    });
    const closed = deny({ endpointSelector: { matchLabels: { app: 'db' } }, egressDeny: [{ toEntities: ['all'] }] });
    assert.equal(finding(submit(storeWith([namespace('team-a'), web]), closed), 'kills-allows').facts['allows'], 1);
  });

  test('does not kill what was dead before', () => {
    const decision = submit(
      storeWith([...ALLOWS, deny({ egressDeny: [{ toCIDR: ['169.254.0.0/16'] }] }, 'old')]),
      DENY,
    );
    assert.deepEqual(findings(decision, 'kills-allows'), []);
  });

  test('that takes a part of an allow kills nothing', () => {
    const decision = submit(storeWith(ALLOWS), deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [tcp('8080')] }] }));
    assert.deepEqual(findings(decision, 'kills-allows'), []);
  });

  test('of the Admin tier kills like any other, unless an accept comes before it', () => {
    const on = ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true' });
    const rules = (...actions: readonly string[]): readonly Json[] =>
      actions.map((action) => ({ action, to: [{ networks: [METADATA] }] }));
    const killed = (...actions: readonly string[]): number =>
      findings(
        submit(storeWith([on, ...ALLOWS]), clusterNetworkPolicy('tier', { egress: rules(...actions) })),
        'kills-allows',
      ).length;
    assert.equal(killed('Deny'), 1);
    assert.equal(killed('Accept', 'Deny'), 0);
  });
});

test('no more than 2,000 allows are looked at, and pauses are many', () => {
  const ports = Array.from({ length: 40 }, (_, index) => String(8000 + index));
  const many = Array.from({ length: 60 }, (_, index) =>
    policy(`team-a/p-${index}`, { endpointSelector: {}, egress: [{ toCIDR: [METADATA], toPorts: [tcp(...ports)] }] }),
  );
  const steps = admit(storeWith([namespace('team-a'), ...many]).view(), submissionOf(DENY), { settings: ENFORCE });
  let pauses = 0;
  for (;;) {
    const step = steps.next();
    if (step.done !== true) {
      pauses += 1;
      continue;
    }
    assert.equal(finding(step.value, 'kills-allows').facts['allows'], 2_000);
    break;
  }
  assert.ok(pauses > 2_000, `${pauses} pauses`);
});

describe('a clusterwide policy that is changed', () => {
  const wider = deny({ egressDeny: [{ toCIDR: [METADATA] }, { toCIDR: ['203.0.113.0/24'] }] });

  test('kills what its new denies kill', () => {
    const { facts, field } = finding(submit(storeWith([...ALLOWS, DENY]), wider, { before: DENY }), 'kills-allows');
    assert.deepEqual([facts['allows'], field], [1, 'spec.egressDeny[1]']);
  });

  test('kills nothing where its denies only change places, or are fewer', () => {
    const turned = deny({ egressDeny: [{ toCIDR: ['203.0.113.0/24'] }, { toCIDR: [METADATA] }] });
    for (const after of [turned, DENY]) {
      assert.deepEqual(findings(submit(storeWith([...ALLOWS, wider]), after, { before: wider }), 'kills-allows'), []);
    }
  });
});
