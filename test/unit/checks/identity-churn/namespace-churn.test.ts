import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deployment, identityIn } from '../../../support/churn.ts';
import { ciliumIdentity, namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { finding, findings, submit } from '../../../support/review.ts';

/** Of namespaces `pr-0`, `pr-1`, ..., with two identities each, that are gone. */
function left(count: number, tenant?: string): readonly Json[] {
  return Array.from({ length: count }, (_, index) =>
    ciliumIdentity(1000 + index, {
      'k8s:app': `a${index % 2}`,
      'k8s:io.kubernetes.pod.namespace': `pr-${Math.floor(index / 2)}`,
      ...(tenant === undefined ? {} : { 'k8s:io.cilium.k8s.namespace.labels.tenant': tenant }),
    }),
  );
}

function labelled(...objects: readonly Json[]) {
  return storeWith([namespace('home', { tenant: 'ci' }), ...objects], '1.20.2', { tenantLabel: 'tenant' });
}

describe('of a tenant with a label', () => {
  const fresh = namespace('pr-9999', { tenant: 'ci' });

  test('500 identities that its deleted namespaces left keep it from making another one', () => {
    assert.deepEqual(submit(labelled(...left(499, 'ci')), fresh).findings, []);
    const decision = submit(labelled(...left(500, 'ci')), fresh);
    assert.equal(decision.verdict, 'deny');
    const { facts, message, fix } = finding(decision, 'namespace-churn');
    assert.deepEqual(facts, { newIdentities: 0, identities: 500, pattern: 'pr-*' });
    assert.equal(
      message,
      'namespace pr-9999 is new, and 500 Cilium identities of deleted namespaces of tenant ci wait for collection (limit 500)',
    );
    assert.match(fix?.text ?? '', /^try again later: 500 unused identities/);
  });

  test('one that comes again under its name brings no more of them', () => {
    const again = submit(labelled(...left(600, 'ci')), namespace('pr-7', { tenant: 'ci' }));
    assert.deepEqual([again.verdict, again.findings], ['allow', []]);
  });

  test('what others left is advice, in one digit', () => {
    const decision = submit(labelled(...left(512, 'web')), fresh);
    assert.equal(decision.verdict, 'allow');
    const { severity, message } = finding(decision, 'namespace-churn');
    assert.equal(severity, 'advice');
    assert.match(message, /about 500 Cilium identities of deleted namespaces pr-\* wait/);
  });

  test('the first that mints in a namespace is asked too, and no later one', () => {
    const objects = [...left(500, 'ci'), namespace('fresh', { tenant: 'ci' })];
    const first = submit(labelled(...objects), deployment('fresh/web', { app: 'web' }));
    assert.equal(finding(first, 'namespace-churn').facts['newIdentities'], 1);
    const later = labelled(...objects, identityIn('fresh', 900, { app: 'db' }));
    assert.deepEqual(findings(submit(later, deployment('fresh/web', { app: 'web' })), 'namespace-churn'), []);
  });
});

describe('without a tenant label', () => {
  test('names that a machine makes are advice', () => {
    const decision = submit(storeWith([namespace('home'), ...left(500)]), namespace('pr-9999'));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'namespace-churn').severity, 'advice');
  });

  test('a name of its own is nothing to say', () => {
    assert.deepEqual(submit(storeWith([namespace('home'), ...left(500)]), namespace('shop')).findings, []);
  });

  test('a source that holds no namespace has deleted none', () => {
    assert.deepEqual(submit(storeWith(left(500)), namespace('pr-9999')).findings, []);
  });
});

test('ten preview namespaces, made and deleted, are nothing to say', () => {
  const store = labelled(...left(20, 'ci'), pod('home/web', { app: 'web' }));
  assert.deepEqual(submit(store, namespace('pr-10', { tenant: 'ci' })).findings, []);
});
