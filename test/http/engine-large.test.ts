/**
 * The largest objects, judged while other reviews come in: an answer in time, and nobody waits long.
 *
 * Each test prints what it measured; CHANGELOG and reports quote these figures.
 */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { internalErrors, reviewed, sharedEngine, type EngineWebhook } from '../support/engine-webhook.ts';
import { watchStalls } from '../support/event-loop-stalls.ts';
import type { AnsweredReview } from '../support/http-reviews.ts';
import { pod } from '../support/objects.ts';
import { assertPlainAnswer } from '../support/plain-answers.ts';
import { reachableBytes } from '../support/reachable-memory.ts';
import { LARGE_OBJECTS } from './large-objects.ts';

const engine = sharedEngine();

/** An ordinary review has three seconds; these get one, so that the tests of giving up do not take longer. */
const DEADLINE = '/validate?timeout=1s';
const TIMEOUT_MS = 1_000;
/** Of processor time, in one turn of the event loop. Measured: see the output. */
const LONGEST_STALL_MS = 1_500;

/** Reachable on top of what the webhook had before, looked at this often. Measured: see the output. */
const MOST_MEMORY_MB = 250;
const LOOK_AT_MEMORY_MS = 150;

const ordinary = requestFor('ordinary', stored(pod('team-a/ordinary', { app: 'web' })));

/** Ordinary reviews, one after the other; the slowest in milliseconds, how many there were, and the memory between them. */
async function othersUntil(webhook: EngineWebhook, done: Promise<unknown>) {
  let [served, slowestMs, mostBytes, isDone] = [0, 0, 0, false];
  let lookedAt = performance.now();
  void done.finally(() => (isDone = true));
  while (!isDone) {
    const start = performance.now();
    const answer = await reviewed(webhook, ordinary);
    assert.equal(answer.auditAnnotations?.['decision'], 'allow');
    slowestMs = Math.max(slowestMs, performance.now() - start);
    served += 1;
    if (performance.now() - lookedAt > LOOK_AT_MEMORY_MS) {
      mostBytes = Math.max(mostBytes, reachableBytes());
      lookedAt = performance.now();
    }
    await delay(1);
  }
  return { served, slowestMs, mostBytes };
}

/** What could not be judged in time is allowed, and its author hears of it. */
function assertJudgedOrSaid({ uid, allowed, auditAnnotations, warnings = [] }: AnsweredReview): void {
  assert.equal(uid, 'large');
  if (auditAnnotations?.['decision'] !== 'unknown') return;
  assert.equal(allowed, true);
  if (auditAnnotations['reason'] !== undefined) assert.ok(warnings.length > 0, 'unknown without a warning');
}

for (const { says, body } of LARGE_OBJECTS) {
  test(says, async (t: TestContext) => {
    const text = body();
    const bytesBefore = reachableBytes();
    const start = performance.now();
    const stalls = watchStalls();
    const answered = reviewed(engine(), {}, { body: text, path: DEADLINE });
    const others = await othersUntil(engine(), answered);
    const answer = await answered;
    const { wallMs, cpuMs } = stalls.stop();
    const tookMs = performance.now() - start;
    const memoryMB = Math.round(Math.max(0, others.mostBytes - bytesBefore) / 1_000_000);
    assertJudgedOrSaid(answer);
    assertPlainAnswer(answer);
    assert.equal(await internalErrors(engine()), 0);
    const { decision = '', reason = '', findings = '' } = answer.auditAnnotations ?? {};
    t.diagnostic(
      `${Math.round(text.length / 1_000)} kB: ${decision} ${reason}${findings} in ${Math.round(tookMs)} ms, stall ` +
        `${Math.round(cpuMs)} ms CPU (${Math.round(wallMs)} ms), ` +
        `${others.served} others, the slowest in ${Math.round(others.slowestMs)} ms, ${memoryMB} MB of memory`,
    );
    assert.ok(memoryMB < MOST_MEMORY_MB, `${memoryMB} MB of memory`);
    assert.ok(cpuMs < LONGEST_STALL_MS, `the event loop stood still for ${cpuMs} ms of processor time`);
    assert.ok(tookMs < TIMEOUT_MS + wallMs + LONGEST_STALL_MS, `answered after ${tookMs} ms`);
  });
}
