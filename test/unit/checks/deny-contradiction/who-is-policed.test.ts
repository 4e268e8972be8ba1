/**
 * Whom a deny reaches at all: pods that have no policy, endpoints of other clusters, what a selector takes in unasked.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ciliumConfig,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { deny } from '../../../support/team-a.ts';
import { finding, findings, submit } from '../../../support/review.ts';

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';

const team = [namespace('team-a'), pod('team-a/web-0', { app: 'web' })];

const denyEgress = deny({ egressDeny: [{ toEntities: ['all'] }] });
const denyIngress = deny({ ingressDeny: [{ fromEntities: ['all'] }] });

function allow(labels: Readonly<Record<string, string>>, spec: Json): Json {
  return policy('team-a/p', { endpointSelector: { matchLabels: labels }, ...spec });
}

function to(labels: Readonly<Record<string, string>>): Json {
  return { egress: [{ toEndpoints: [{ matchLabels: labels }] }] };
}

describe('pods with a label of key "host"', () => {
  for (const version of ['1.18.8', '1.19.7', '1.20.1', '1.20.2']) {
    const verdict = version === '1.20.2' ? 'deny' : 'allow';

    test(`as the only subjects of an allow are denied something only where they have a policy (${version})`, () => {
      const decision = submit(storeWith([...team, denyEgress], version), allow({ host: '' }, to({ app: 'db' })));
      assert.equal(decision.verdict, verdict);
      assert.equal(findings(decision, 'dead-allow').length, verdict === 'deny' ? 1 : 0);
      assert.deepEqual(decision.replayMismatches, []);
    });

    test(`as the only peers of an allow are reached by a deny of their own only where they have a policy (${version})`, () => {
      const decision = submit(storeWith([...team, denyIngress], version), allow({ app: 'web' }, to({ host: 'x' })));
      assert.equal(decision.verdict, verdict);
      assert.deepEqual(decision.replayMismatches, []);
    });
  }

  test('have a policy like others where the host firewall is on', () => {
    const firewall = ciliumConfig({ 'enable-host-firewall': 'true' });
    const own = submit(storeWith([firewall, ...team, denyEgress], '1.19.7'), allow({ host: '' }, to({ app: 'db' })));
    assert.equal(own.verdict, 'deny');
    assert.deepEqual(own.replayMismatches, []);
    const others = submit(
      storeWith([firewall, ...team, denyIngress], '1.19.7'),
      allow({ app: 'web' }, to({ host: 'x' })),
    );
    assert.equal(others.verdict, 'deny');
    assert.deepEqual(others.replayMismatches, []);
  });

  test('are peers like others to a deny at the other end of the flow', () => {
    const decision = submit(storeWith([...team, denyEgress], '1.19.7'), allow({ app: 'web' }, to({ host: 'x' })));
    assert.equal(decision.verdict, 'deny');
  });

  test('are left out of account by a proof about pods at large', () => {
    const decision = submit(storeWith([...team, denyIngress], '1.19.7'), allow({ app: 'web' }, to({ app: 'db' })));
    assert.equal(decision.verdict, 'deny');
  });

  test('that exist are not denied today by a deny of their own', () => {
    const hosts = [pod('team-a/h-0', { app: 'h', tier: 'back', host: 'x' })];
    const denyH = clusterwidePolicy('deny', {
      endpointSelector: { matchLabels: { tier: 'back' } },
      ingressDeny: [{ fromEntities: ['all'] }],
    });
    const decision = submit(storeWith([...team, ...hosts, denyH], '1.19.7'), allow({ app: 'web' }, to({ app: 'h' })));
    assert.deepEqual(decision.findings, []);
  });
});

describe('a reserved endpoint', () => {
  const toHealth = allow({ app: 'web' }, { egress: [{ toEntities: ['health'] }] });
  const fromInit = allow({ app: 'web' }, { ingress: [{ fromEntities: ['init'] }] });

  test('of a cluster that stands alone is denied by its own policy', () => {
    assert.equal(submit(storeWith([...team, denyIngress]), toHealth).verdict, 'deny');
    assert.equal(submit(storeWith([...team, denyEgress]), fromInit).verdict, 'deny');
  });

  test('may be one of another cluster in a mesh, where no policy of this cluster reaches it', () => {
    const mesh = ciliumConfig({ 'cluster-id': '1' });
    assert.deepEqual(findings(submit(storeWith([mesh, ...team, denyIngress]), toHealth), 'dead-allow'), []);
    assert.deepEqual(findings(submit(storeWith([mesh, ...team, denyEgress]), fromInit), 'dead-allow'), []);
  });

  test('is denied at this end of the flow, in a mesh too', () => {
    const mesh = ciliumConfig({ 'cluster-id': '1' });
    assert.equal(submit(storeWith([mesh, ...team, denyEgress]), toHealth).verdict, 'deny');
  });
});

test('a deny that takes what it excepts, through an aggregate, is named as the cause', () => {
  const open = ciliumConfig({ 'policy-default-local-cluster': 'false' });
  const except = { matchExpressions: [{ key: NAMESPACE, operator: 'NotIn', values: ['kube-system'] }] };
  const store = storeWith([open, ...team, deny({ egressDeny: [{ toEndpoints: [except] }] })], '1.20.2');
  const decision = submit(store, allow({ app: 'web' }, to({ [NAMESPACE]: 'kube-system' })));
  assert.deepEqual(
    finding(decision, 'dead-allow').causes.map(({ object }) => object.name),
    ['deny'],
  );
  assert.deepEqual(decision.replayMismatches, []);
});
