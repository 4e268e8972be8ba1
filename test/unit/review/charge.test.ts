import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import { admit } from '../../../src/review/admit.ts';
import type { Charge } from '../../../src/review/charge.ts';
import { Admissions } from '../../../src/review/ledger/admissions.ts';
import { deployment, replicaSet, ownerRef, identityIn } from '../../support/churn.ts';
import { namespace, pod, storeWith, type Json } from '../../support/objects.ts';
import { ENFORCE, settingsWith, submissionOf, submit, type SubmitOptions } from '../../support/review.ts';

const settings = settingsWith('enforce', { identityBudget: 2 });

interface Asked extends SubmitOptions {
  readonly dryRun?: boolean;
  readonly ledger?: Admissions;
}

function chargeOf(
  store: ClusterStore,
  raw: Json,
  { dryRun = false, ledger, ...options }: Asked = {},
): Charge | undefined {
  const submission = { ...submissionOf(raw, options), dryRun };
  const given = { settings: options.settings ?? settings, ...(ledger === undefined ? {} : { ledger }) };
  return runToEnd(admit(store.view(), submission, given)).charge;
}

describe('an admitted change is charged for', () => {
  test('the key that it mints, once', () => {
    const store = storeWith([namespace('ci')]);
    const ledger = new Admissions({ clock: () => 0 });
    const web = deployment('ci/web', { app: 'web' });
    const charge = chargeOf(store, web, { ledger });
    assert.deepEqual([charge?.tenant, charge?.keys.length, charge?.draws?.of], ['namespace/ci', 1, 'minting']);
    ledger.charge(charge);
    assert.equal(chargeOf(store, replicaSet('ci/web-1', { app: 'web' }), { ledger }), undefined);
    assert.equal(chargeOf(store, pod('ci/web-1-x', { app: 'web' }), { ledger }), undefined);
  });

  test('a relabel of a pod, once for each identity', () => {
    const before = pod('ci/a', { app: 'a' });
    const store = storeWith([namespace('ci'), before]);
    const ledger = new Admissions({ clock: () => 0 });
    const charges = ['b', 'b', 'c'].map((app) => {
      const charge = chargeOf(store, pod('ci/a', { app }), { before, ledger, settings: ENFORCE });
      ledger.charge(charge);
      return [charge?.keys.length, charge?.draws?.of];
    });
    assert.deepEqual(charges, [
      [1, 'relabels'],
      [undefined, undefined],
      [1, 'relabels'],
    ]);
  });

  test('all keys of a namespace whose labels change, and what nodes may mint besides', () => {
    const before = namespace('ci', { team: 'red' });
    const onNode = (name: string, app: string, nodeName: string): Json =>
      pod(`ci/${name}`, { app }, { spec: { nodeName } });
    const pods = [onNode('a', 'x', 'n1'), onNode('b', 'x', 'n2'), onNode('c', 'y', 'n1')];
    const charge = chargeOf(storeWith([before, ...pods]), namespace('ci', { team: 'blue' }), { before });
    assert.deepEqual(
      charge?.keys.map(({ inUse }) => inUse),
      [false, false],
    );
    assert.deepEqual([charge.spare, charge.draws], [1, undefined]);
  });

  test('a pod of a stored owner', () => {
    const owner = deployment('ci/web', { app: 'web' });
    const set = replicaSet('ci/web-1', { app: 'web' }, 'ci/web');
    const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/web-1')] } };
    const charge = chargeOf(storeWith([namespace('ci'), owner, set]), pod('ci/x', { app: 'web' }, owners));
    assert.equal(charge?.draws?.of, 'minting');
  });
});

describe('nothing is charged for', () => {
  const full = [namespace('ci'), pod('ci/a', { app: 'a' }), pod('ci/b', { app: 'b' })];

  for (const [statement, store, raw, options] of [
    ['what is denied', storeWith(full), pod('ci/c', { app: 'c' }), {}],
    ['a dry run', storeWith([namespace('ci')]), pod('ci/c', { app: 'c' }), { dryRun: true }],
    [
      'an identity that exists',
      storeWith([namespace('ci'), identityIn('ci', 900, { app: 'c' })]),
      pod('ci/c', { app: 'c' }),
      {},
    ],
    ['a check that is off', storeWith([namespace('ci')]), pod('ci/c', { app: 'c' }), { settings: settingsWith('off') }],
    ['a system namespace', storeWith([namespace('kube-x')]), pod('kube-x/c', { app: 'c' }), {}],
  ] as const) {
    test(statement, () => {
      assert.equal(chargeOf(store, raw, options), undefined);
    });
  }
});

test('what is reserved counts in the budget of its tenant', () => {
  const store = storeWith([namespace('ci'), pod('ci/a', { app: 'a' })]);
  const ledger = new Admissions({ clock: () => 0 });
  ledger.charge(chargeOf(store, pod('ci/b', { app: 'b' }), { ledger }));
  const verdict = (raw: Json) => runToEnd(admit(store.view(), submissionOf(raw), { settings, ledger })).verdict;
  assert.equal(verdict(pod('ci/b2', { app: 'b' })), 'allow');
  assert.equal(verdict(pod('ci/c', { app: 'c' })), 'deny');
  assert.equal(submit(store, pod('ci/c', { app: 'c' }), { settings }).verdict, 'allow');
});
