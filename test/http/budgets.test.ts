/**
 * Budgets under a rush: a thousand distinct pods at once, while the watch is behind.
 *
 * Each server reserves what it admits, so that one alone never overshoots. Several do not know of each other's reservations:
 * together they go beyond the budget by at most (servers - 1) x what is free, or what is admitted while the watch is behind,
 * whichever is less.
 */
import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { test, type TestContext } from 'node:test';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { settingsWith } from '../support/review.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { reviewed, startEngine, type EngineWebhook } from '../support/engine-webhook.ts';
import { decoded, namespace, pod, type Json } from '../support/objects.ts';
import { SlowWatch } from '../support/slow-watch.ts';

const BUDGET = 400;
const IN_USE = 100;
const FREE = BUDGET - IN_USE;
const PODS = 1_000;
/** To each server. */
const CONNECTIONS = 100;
/** Longer than the rush. */
const NEVER = PODS;

const RUNNING = Array.from({ length: IN_USE }, (_, index) => pod(`ci/running-${index}`, { app: `r${index}` }));

async function servers(t: TestContext, count: number, watch: SlowWatch): Promise<readonly EngineWebhook[]> {
  const settings = settingsWith('enforce', { identityBudget: BUDGET });
  const objects = [namespace('ci'), ...RUNNING];
  const wrap = (judge: Judge): Judge => storing(judge, watch);
  const engines = await Promise.all(Array.from({ length: count }, () => startEngine(t, { objects, settings, wrap })));
  for (const engine of engines) watch.listen(engine);
  return engines.map((engine) => ({ ...engine, agent: apiServerOf(engine, t) }));
}

/** An API server keeps fewer connections than it has requests. */
function apiServerOf({ ca }: EngineWebhook, t: TestContext): Agent {
  const agent = new Agent({ keepAlive: true, ca, maxSockets: CONNECTIONS });
  t.after(() => agent.destroy());
  return agent;
}

/** As the API server stores what is admitted. */
function storing(judge: Judge, watch: SlowWatch): Judge {
  return async (review, deadline, signal) => {
    const answer = await judge(review, deadline, signal);
    if (answer.allowed) watch.stored(decoded(review.object as Json));
    return answer;
  };
}

/** How many were admitted, of pods that are sent to one server after the other, all at once. */
async function admitted(engines: readonly EngineWebhook[]): Promise<number> {
  const pods = Array.from({ length: PODS }, (_, index) => pod(`ci/p${index}`, { app: `a${index}` }));
  const answers = await Promise.all(
    pods.map(async (raw, index) => {
      const engine = engines[index % engines.length];
      assert.ok(engine !== undefined);
      return reviewed(engine, requestFor(`uid-${index}`, stored(raw)));
    }),
  );
  return answers.filter(({ allowed }) => allowed).length;
}

test(`one server admits as many of ${PODS} pods as are free, however far its watch is behind`, async (t) => {
  assert.equal(await admitted(await servers(t, 1, new SlowWatch(NEVER))), FREE);
});

for (const lag of [50, NEVER]) {
  test(`three go beyond by twice of what is free at most, or of what comes while the watch is ${lag} behind`, async (t) => {
    const watch = new SlowWatch(lag);
    const engines = await servers(t, 3, watch);
    const beyond = (await admitted(engines)) - FREE;
    t.diagnostic(`${beyond} beyond ${FREE}`);
    assert.ok(beyond >= 0 && beyond <= 2 * Math.min(FREE, lag), `${beyond} beyond ${FREE}`);
    watch.catchUp();
    await assertFull(engines, BUDGET + beyond);
  });
}

/** Nothing is waited for, and nobody gets one more. */
async function assertFull(engines: readonly EngineWebhook[], identities: number): Promise<void> {
  for (const engine of engines) {
    assert.equal(engine.model.view().usage.of(engine.model.view().tenantOf('ci')).inUse, identities);
    assert.equal(engine.model.ledger.reserved, 0);
    const { allowed } = await reviewed(engine, requestFor('uid-late', stored(pod('ci/late', { app: 'late' }))));
    assert.ok(!allowed);
  }
}

test('replicas of one workload are one identity: they all go through', async (t) => {
  const [engine] = await servers(t, 1, new SlowWatch(NEVER));
  assert.ok(engine !== undefined);
  const pods = Array.from({ length: FREE + 1 }, (_, index) => pod(`ci/p${index}`, { app: 'same' }));
  const answers = await Promise.all(
    pods.map((raw, index) => reviewed(engine, requestFor(`uid-${index}`, stored(raw)))),
  );
  assert.ok(answers.every(({ allowed }) => allowed));
  assert.equal(engine.model.ledger.reserved, 1);
});
