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
import { ciliumConfig, decoded, namespace, storeWith, version, type Json } from '../../../support/objects.ts';
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

  test('an entry that another one outweighs is not proposed', () => {
    const keeping = ciliumConfig({ labels: String.raw`!run run\.example\.com/id app io\.` });
    assert.deepEqual(audited(storeWith([keeping, ...runs(20)]), 'cluster-churn'), []);
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
