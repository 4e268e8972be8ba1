/**
 * What an audit says of the identities of a cluster as a whole: what one label costs, and what nobody collects.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import { audit } from '../../../../src/review/audit.ts';
import type { JudgedFinding } from '../../../../src/review/results.ts';
import { identityIn } from '../../../support/churn.ts';
import { ciliumConfig, decoded, namespace, policy, storeWith, version, type Json } from '../../../support/objects.ts';
import { ENFORCE } from '../../../support/review.ts';

function audited(store: ClusterStore, id: string): readonly JudgedFinding[] {
  return runToEnd(audit(store.view(), ENFORCE)).findings.filter((finding) => finding.id === id);
}

describe('cluster-churn', () => {
  /** Ten applications with so many runs each, and 50 that have none. */
  function runs(count: number): readonly Json[] {
    return [
      namespace('ci'),
      ...Array.from({ length: 10 * count }, (_, index) =>
        identityIn('ci', 1000 + index, { app: `a${index % 10}`, 'run.example.com/id': `r${index}` }),
      ),
      ...Array.from({ length: 50 }, (_, index) => identityIn('ci', 5000 + index, { app: `a${index}` })),
    ];
  }

  test('a label without which many identities would be one is told with the entry that leaves it out', () => {
    const [found, ...more] = audited(storeWith(runs(20)), 'cluster-churn');
    assert.deepEqual(more, []);
    assert.deepEqual(found?.facts, {
      labels: ['run.example.com/id'],
      entry: String.raw`!run\.example\.com/id$`,
      // Without it ten are left, which applications without runs have already.
      identitiesSaved: 200,
    });
    assert.equal(found.message, 'without label "run.example.com/id" there would be 200 of 250 Cilium identities fewer');
    assert.deepEqual([found.severity, found.audience, found.subject.name], ['advice', 'platform', 'cilium-config']);
  });

  test('in a small cluster nothing is said', () => {
    assert.deepEqual(audited(storeWith(runs(9)), 'cluster-churn'), []);
  });

  test('the value goes on from the one in force, without what is in the way of the new entry', () => {
    const keeping = ciliumConfig({ labels: String.raw`!run run\.example\.com/id app io\.` });
    const [found] = audited(storeWith([keeping, ...runs(20)]), 'cluster-churn');
    assert.equal(found?.facts['entry'], String.raw`run\.example\.com/id app io\. !run\.example\.com/id$`);
  });

  test('where no value leaves out the label alone, that is said', () => {
    const file = JSON.stringify({
      version: 1,
      'valid-prefixes': [
        { prefix: 'io.', source: 'k8s' },
        { prefix: 'app', source: 'k8s' },
        { prefix: 'run', source: 'k8s', invert: true },
        { prefix: 'run.example.com', source: 'k8s' },
      ],
    });
    const config = ciliumConfig({ 'label-prefix-file': '/file' });
    const [found] = audited(storeWith([config, ...runs(20)], '1.20.2', { labelPrefixFile: file }), 'cluster-churn');
    assert.deepEqual(found?.facts, { labels: ['run.example.com/id'], identitiesSaved: 200 });
    assert.equal(found.fix, undefined);
    assert.match(found.message, /; no value of `labels` was found that leaves out just this label$/);
  });

  test('the policies that ask for the label are named', () => {
    const selecting = policy('ci/runs', {
      endpointSelector: { matchLabels: { 'run.example.com/id': 'r1' } },
      ingress: [{}],
    });
    const [found] = audited(storeWith([...runs(20), selecting]), 'cluster-churn');
    assert.match(found?.fix?.text ?? '', /, once nothing asks for it any more: CiliumNetworkPolicy ci\/runs$/);
    assert.equal(found?.causes.length, 1);
  });

  describe('with a clock', () => {
    const NOON = Date.UTC(2026, 10, 23, 12);
    /** All of one application and made at noon, each with a name of its own. */
    function madeAtNoon(count: number) {
      const clock = { now: NOON };
      const store = new ClusterStore({ version: version('1.20.2'), clock: () => clock.now });
      for (let index = 0; index < count; index += 1) {
        const raw = identityIn('ci', 1000 + index, { app: `a${index}` });
        const metadata = { ...(raw['metadata'] as Json), creationTimestamp: '2026-11-23T12:00:00Z' };
        store.apply({ type: 'upsert', object: decoded({ ...raw, metadata }) });
      }
      return { clock, store };
    }

    test('identities that come so fast that the range is full before a collection are told', () => {
      // In use, and 75 minutes of a tenth of it each: 6,529 x 8.5 is more than 85 % of 65,280.
      const { clock, store } = madeAtNoon(6_529);
      const [found] = audited(store, 'cluster-churn');
      const numbers = { identitiesInUse: 6_529, identitiesForeseen: 55_497, identitySpace: 65_280 };
      assert.deepEqual(found?.facts, { labels: [], identitiesSaved: 0, ...numbers });
      assert.equal(found.certainty, 'estimate');
      assert.equal(
        found.message,
        '6529 Cilium identities were made within ten minutes: if it goes on like that, 55497 of 65280 are in use before ' +
          'unused ones are collected',
      );
      clock.now += 9 * 60_000;
      assert.equal(audited(store, 'cluster-churn').length, 1);
      clock.now += 60_000;
      assert.deepEqual(audited(store, 'cluster-churn'), []);
    });

    test('one fewer, and nothing is said', () => {
      assert.deepEqual(audited(madeAtNoon(6_528).store, 'cluster-churn'), []);
    });
  });
});

describe('gc-stalled', () => {
  test('identities that nobody has used for longer than any collection takes are told with the age of the oldest', () => {
    const clock = { now: 0 };
    const store = new ClusterStore({ version: version('1.20.2'), clock: () => clock.now });
    for (const raw of [namespace('ci'), identityIn('ci', 1000, { app: 'a' }), identityIn('ci', 1001, { app: 'b' })]) {
      store.apply({ type: 'upsert', object: decoded(raw) });
    }
    assert.deepEqual(audited(store, 'gc-stalled'), []);
    clock.now += 90 * 60_000;
    const [found] = audited(store, 'gc-stalled');
    assert.deepEqual(found?.facts, { identities: 2, oldestMinutes: 90 });
    assert.equal(
      found.message,
      '2 unused Cilium identities are not collected: the oldest was last used 90 minutes ago',
    );
  });
});
