import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { admit } from '../../../../src/review/admit.ts';
import { Admissions } from '../../../../src/review/ledger/admissions.ts';
import type { Decision } from '../../../../src/review/results.ts';
import { deployment, ownerRef, replicaSet } from '../../../support/churn.ts';
import { filledStore } from '../../../support/full-range.ts';
import { namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { finding, findings, settingsWith, submissionOf } from '../../../support/review.ts';

const settings = settingsWith('enforce', { mintRate: { perMinute: 60, burst: 3 } });

/** Admits what it is given, one after the other, and charges for it. */
function admitting(store: ClusterStore) {
  const clock = { now: 0 };
  const ledger = new Admissions({ clock: () => clock.now });
  const submit = (raw: Json): Decision => {
    const decision = runToEnd(admit(store.view(), submissionOf(raw), { settings, ledger }));
    ledger.charge(decision.charge);
    return decision;
  };
  return { clock, submit };
}

function distinctPod(index: number): Json {
  return pod(`big/p${index}`, { app: `p${index}` });
}

describe('more than half of the range in use', () => {
  const owner = deployment('big/old', { app: 'old' });
  const set = replicaSet('big/old-1', { app: 'old' }, 'big/old');
  const store = filledStore(16_300, 10, owner, set);

  test('who brings more than the burst waits until the bucket has one again', () => {
    const { clock, submit } = admitting(store);
    for (let index = 0; index < 3; index += 1) assert.equal(submit(distinctPod(index)).verdict, 'allow');
    const decision = submit(distinctPod(3));
    assert.equal(decision.verdict, 'deny');
    const { facts, message } = finding(decision, 'mint-rate');
    assert.deepEqual(facts, { newIdentities: 1, perMinute: 60, burst: 3 });
    assert.equal(
      message,
      'p3 would bring one more Cilium identity: namespace big has brought more than 3 at once and 60 a minute',
    );
    clock.now += 1_000;
    assert.equal(submit(distinctPod(3)).verdict, 'allow');
  });

  test('pods of one identity take one, however many', () => {
    const { submit } = admitting(store);
    for (let index = 0; index < 20; index += 1) {
      assert.equal(submit(pod(`big/same-${index}`, { app: 'same' })).verdict, 'allow');
    }
  });

  test('a pod of a stored owner goes through with advice', () => {
    const { submit } = admitting(store);
    for (let index = 0; index < 3; index += 1) submit(distinctPod(index));
    const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'big/old-1')] } };
    const decision = submit(pod('big/old-1-x', { app: 'old' }, owners));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'mint-rate').severity, 'advice');
  });
});

test('while half of the range is free an empty bucket is advice', () => {
  const { submit } = admitting(storeWith([namespace('big')]));
  for (let index = 0; index < 3; index += 1) assert.deepEqual(findings(submit(distinctPod(index)), 'mint-rate'), []);
  const decision = submit(distinctPod(3));
  assert.equal(decision.verdict, 'allow');
  assert.equal(finding(decision, 'mint-rate').severity, 'advice');
});
