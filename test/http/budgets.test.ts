/**
 * Budgets under a rush: many distinct pods at once, before any watch has told the model of one of them.
 *
 * Each server reserves what it admits, so that one alone never overshoots. Several do not know of each other's reservations:
 * together they admit at most (servers - 1) x what is free beyond the budget.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { settingsWith } from '../support/review.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { reviewed, startEngine, upsert, type EngineWebhook } from '../support/engine-webhook.ts';
import { decoded, namespace, pod, type Json } from '../support/objects.ts';

const BUDGET = 12;
const IN_USE = 4;
const FREE = BUDGET - IN_USE;
const PODS = 60;

const RUNNING = Array.from({ length: IN_USE }, (_, index) => pod(`ci/running-${index}`, { app: `r${index}` }));

function servers(t: TestContext, count: number): Promise<readonly EngineWebhook[]> {
  const settings = settingsWith('enforce', { identityBudget: BUDGET });
  const objects = [namespace('ci'), ...RUNNING];
  return Promise.all(Array.from({ length: count }, () => startEngine(t, { objects, settings })));
}

/** Those that were admitted, of pods that are sent to one server after the other, all at once. */
async function admittedOf(engines: readonly EngineWebhook[]): Promise<readonly Json[]> {
  const pods = Array.from({ length: PODS }, (_, index) => pod(`ci/p${index}`, { app: `a${index}` }));
  const answers = await Promise.all(
    pods.map(async (raw, index) => {
      const engine = engines[index % engines.length];
      assert.ok(engine !== undefined);
      return reviewed(engine, requestFor(`uid-${index}`, stored(raw)));
    }),
  );
  return pods.filter((_, index) => answers[index]?.allowed === true);
}

test('one server admits as many distinct pods as are free, however many come at once', async (t) => {
  const engines = await servers(t, 1);
  assert.equal((await admittedOf(engines)).length, FREE);
});

test('three servers admit at most what is free for each of them, and nothing once the watch has told them', async (t) => {
  const engines = await servers(t, 3);
  const admitted = await admittedOf(engines);
  assert.ok(admitted.length >= FREE && admitted.length <= 3 * FREE, `${admitted.length} of ${FREE} free`);
  for (const engine of engines) for (const raw of admitted) upsert(engine, decoded(raw));
  for (const engine of engines) {
    assert.equal(engine.model.view().usage.of(engine.model.view().tenantOf('ci')).inUse, IN_USE + admitted.length);
    assert.equal(engine.model.ledger.reserved, 0);
    const { allowed } = await reviewed(engine, requestFor('uid-late', stored(pod('ci/late', { app: 'late' }))));
    assert.ok(!allowed);
  }
});

test('replicas of one workload are one identity: they all go through', async (t) => {
  const [engine] = await servers(t, 1);
  assert.ok(engine !== undefined);
  const pods = Array.from({ length: PODS }, (_, index) => pod(`ci/p${index}`, { app: 'same' }));
  const answers = await Promise.all(
    pods.map((raw, index) => reviewed(engine, requestFor(`uid-${index}`, stored(raw)))),
  );
  assert.ok(answers.every(({ allowed }) => allowed));
  assert.equal(engine.model.ledger.reserved, 1);
});
