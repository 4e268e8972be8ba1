/**
 * Signs of life of the watches of a model, and what becomes of decisions without them.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHECK_IDS, type CheckId } from '../../../src/checks/facts/finding-facts.ts';
import { needsKind } from '../../../src/checks/kinds-needed.ts';
import { CHECKS } from '../../../src/checks/registry.ts';
import type { Kind } from '../../../src/cilium/objects.ts';
import { fileSubmission } from '../../../src/kubernetes/submission.ts';
import { DEFAULT_RULES } from '../../../src/review/decision-rules.ts';
import type { Decision } from '../../../src/review/results.ts';
import { decideInTime } from '../../../src/server/judging/deciding.ts';
import { Turns } from '../../../src/server/judging/turns.ts';
import { Model } from '../../../src/server/model.ts';
import { settingsIn } from '../../support/cluster-webhook.ts';
import { decoded, namespace, pod, storeWith, type Json } from '../../support/objects.ts';

const STALE_AFTER_MS = 180_000;

class Cluster {
  nowMs = 1_000;
  readonly model = new Model(storeWith([namespace('a')], '1.19.7'), () => this.nowMs);

  watched(...kinds: readonly Kind[]): this {
    for (const kind of kinds) this.model.freshness.watched(kind);
    return this;
  }

  async judged(raw: Json = pod('a/x', { host: 'true' })): Promise<Decision> {
    const submission = fileSubmission({ raw, requester: { username: 'ann', groups: [] } });
    assert.ok(submission.ok);
    return decideInTime(submission.value, {
      model: this.model,
      settings: settingsIn('enforce'),
      rules: DEFAULT_RULES,
      staleAfterMs: STALE_AFTER_MS,
      now: 0,
      turns: new Turns(() => 0),
      deadline: { timeoutMs: 1_000, remainingMs: () => 1_000 },
      signal: new AbortController().signal,
      onFault: (_check, error) => assert.fail(String(error)),
    });
  }
}

describe('a finding that rests on a kind whose watch is silent', () => {
  test('denies for as long as is allowed, and is recorded from then on, until there is a sign of life', async () => {
    const cluster = new Cluster().watched('Namespace');
    cluster.nowMs += STALE_AFTER_MS;
    assert.equal((await cluster.judged()).verdict, 'deny');
    cluster.nowMs += 1;
    const { verdict, findings, warnings, unknowns } = await cluster.judged();
    assert.equal(verdict, 'allow');
    assert.deepEqual(
      findings.map(({ id, mistrust }) => [id, mistrust]),
      [['reserved-labels', 'stale']],
    );
    assert.deepEqual(warnings, []);
    assert.match(unknowns[0]?.reason ?? '', /no sign of life from the watch of Namespace\)/);
    cluster.model.freshness.sign('Namespace');
    assert.equal((await cluster.judged()).verdict, 'deny');
  });

  test('is one of its own kinds: another kind that is silent changes nothing', async () => {
    const cluster = new Cluster().watched('CiliumIdentity', 'Namespace');
    cluster.nowMs += STALE_AFTER_MS + 1;
    cluster.model.freshness.sign('Namespace');
    assert.equal((await cluster.judged()).verdict, 'deny');
    assert.deepEqual(cluster.model.freshness.staleKinds(STALE_AFTER_MS), ['CiliumIdentity']);
  });

  test('an event is a sign of life of its kind, and of no other', () => {
    const cluster = new Cluster().watched('Namespace', 'Pod');
    cluster.nowMs += STALE_AFTER_MS + 1;
    cluster.model.apply({ type: 'upsert', object: decoded(pod('a/y')) });
    assert.deepEqual(cluster.model.freshness.staleKinds(STALE_AFTER_MS), ['Namespace']);
    cluster.model.apply({ type: 'synced', kind: 'Namespace' });
    assert.deepEqual(cluster.model.freshness.staleKinds(STALE_AFTER_MS), []);
  });

  test('what was read from files has no watch, and is never stale', async () => {
    const cluster = new Cluster();
    cluster.model.apply({ type: 'upsert', object: decoded(pod('a/y')) });
    cluster.nowMs += 1_000 * STALE_AFTER_MS;
    assert.equal((await cluster.judged()).verdict, 'deny');
  });

  test('a kind that was not listed yet is stale from the start, whatever was told of it', async () => {
    const cluster = new Cluster();
    cluster.model.freshness.awaited('Namespace');
    cluster.model.apply({ type: 'relist', kind: 'Namespace' });
    cluster.model.apply({ type: 'upsert', object: decoded(namespace('a')) });
    assert.equal((await cluster.judged()).verdict, 'allow');
    cluster.model.apply({ type: 'synced', kind: 'Namespace' });
    assert.equal((await cluster.judged()).verdict, 'deny');
  });

  test('a kind that is listed again is as old as it was before, until all of it is listed', () => {
    const cluster = new Cluster().watched('Pod');
    const { freshness } = cluster.model;
    cluster.nowMs += STALE_AFTER_MS - 10;
    cluster.model.apply({ type: 'relist', kind: 'Pod' });
    cluster.model.apply({ type: 'upsert', object: decoded(pod('a/y')) });
    assert.deepEqual(freshness.staleKinds(STALE_AFTER_MS), []);
    cluster.nowMs += 20;
    assert.deepEqual(freshness.staleKinds(STALE_AFTER_MS), ['Pod']);
    cluster.model.apply({ type: 'synced', kind: 'Pod' });
    assert.deepEqual(freshness.staleKinds(STALE_AFTER_MS), []);
  });

  test('a kind that the cluster does not serve any more is not stale', () => {
    const cluster = new Cluster().watched('Namespace', 'CiliumNode');
    cluster.nowMs += STALE_AFTER_MS + 1;
    cluster.model.freshness.sign('Namespace');
    cluster.model.freshness.unwatched('CiliumNode');
    assert.deepEqual(cluster.model.freshness.staleKinds(STALE_AFTER_MS), []);
  });
});

test('the age of a model is that of the watch that is silent for longest', () => {
  const cluster = new Cluster();
  cluster.nowMs += 5_000;
  assert.equal(cluster.model.ageSeconds(), 5);
  cluster.watched('Namespace', 'Pod');
  cluster.nowMs += 3_000;
  cluster.model.freshness.sign('Pod');
  assert.equal(cluster.model.ageSeconds(), 3);
  assert.deepEqual(
    [...cluster.model.freshness.agesMs()],
    [
      ['Namespace', 3_000],
      ['Pod', 0],
    ],
  );
});

describe('each check needs', () => {
  test('the kinds of which it judges what is stored', () => {
    const stored: readonly Kind[] = ['Namespace', 'CiliumCIDRGroup'];
    for (const { id, kinds } of CHECKS) {
      for (const kind of kinds) if (stored.includes(kind)) assert.ok(needsKind(id, kind), `${id} of ${kind}`);
    }
  });

  test('namespaces, and what tells the version and the configuration', () => {
    for (const id of CHECK_IDS) {
      for (const kind of ['Namespace', 'ConfigMap', 'DaemonSet'] as const) assert.ok(needsKind(id, kind), id);
    }
  });

  test('what its numbers are made from, and not more', () => {
    const needs = (id: CheckId, ...kinds: readonly Kind[]): readonly boolean[] =>
      kinds.map((kind) => needsKind(id, kind));
    assert.deepEqual(needs('identity-churn', 'Pod', 'CiliumIdentity', 'NetworkPolicy'), [true, true, false]);
    assert.deepEqual(needs('policy-map-overflow', 'CiliumIdentity', 'NetworkPolicy', 'Service'), [true, true, true]);
    assert.deepEqual(needs('invalid-policy', 'Pod', 'Service', 'NetworkPolicy'), [false, false, false]);
    assert.deepEqual(needs('reserved-labels', 'ReplicaSet', 'Rollout.argoproj.io', 'Pod'), [true, true, false]);
  });
});
