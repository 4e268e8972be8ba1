import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { audit } from '../../../../src/review/audit.ts';
import { deployment, ownerRef, replicaSet } from '../../../support/churn.ts';
import { filledStore, RANGE } from '../../../support/full-range.ts';
import { namespace, pod } from '../../../support/objects.ts';
import { ENFORCE, finding, findings, submit } from '../../../support/review.ts';

const BIG = 3_000;
const web = pod('big/web', { app: 'web' });
const small = pod('small/web', { app: 'web' });

describe('more than 90 % of the range in use', () => {
  const owner = deployment('big/old', { app: 'old' });
  const set = replicaSet('big/old-1', { app: 'old' }, 'big/old');
  const store = filledStore(29_300, BIG, namespace('small'), owner, set);

  test('a tenant above its fair share gets no more', () => {
    const decision = submit(store, web);
    assert.equal(decision.verdict, 'deny');
    const { facts, message, fix } = finding(decision, 'cluster-headroom');
    // 263 others have 100 each, which leaves 1,335 of 85 % of the range.
    assert.deepEqual(facts, { newIdentities: 1, identitiesInUse: 29_300, identitySpace: RANGE, fairShare: 1_335 });
    assert.equal(
      message,
      'web would bring one more Cilium identity while about 30000 of 32512 Cilium identities of the cluster are in use: ' +
        'namespace big has 3000, more than the about 1000 that are its fair share',
    );
    assert.match(fix?.text ?? '', /^3000 unused identities, each collected within 75 minutes/);
  });

  test('a tenant within its share is admitted: the platform hears that the cluster is full', () => {
    const decision = submit(store, small);
    assert.equal(decision.verdict, 'allow');
    const { severity, audience, message } = finding(decision, 'cluster-headroom');
    assert.deepEqual([severity, audience], ['advice', 'platform']);
    assert.match(message, /namespace small has 0, which is within its fair share$/);
  });

  test('a scale-up of a stored owner is admitted, whatever its tenant has', () => {
    const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'big/old-1')] } };
    const decision = submit(store, pod('big/old-1-x', { app: 'old' }, owners));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'cluster-headroom').severity, 'advice');
  });

  test('an identity that exists takes nothing', () => {
    assert.deepEqual(
      submit(store, pod('big/again', { app: 'old' }, { spec: { serviceAccountName: 'account-7' } })).findings,
      [],
    );
  });
});

test('below 70 % there is nothing to say, and from there on advice', () => {
  assert.deepEqual(findings(submit(filledStore(22_757, BIG), web), 'cluster-headroom'), []);
  const decision = submit(filledStore(22_758, BIG), web);
  assert.equal(decision.verdict, 'allow');
  assert.equal(finding(decision, 'cluster-headroom').severity, 'advice');
});

test('who has fewer than 100 identities is within any share', () => {
  const store = filledStore(29_300, 99);
  assert.equal(submit(store, web).verdict, 'allow');
});

test('an audit says how full the range is', () => {
  const report = runToEnd(audit(filledStore(22_800, BIG).view(), ENFORCE));
  const [found] = report.findings.filter(({ id }) => id === 'cluster-headroom');
  assert.deepEqual([found?.severity, found?.subject.name], ['advice', 'cilium-config']);
  assert.match(found?.message ?? '', /^about 20000 of 32512 Cilium identities of the cluster are in use/);
});
