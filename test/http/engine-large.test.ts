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
import { LARGE_OBJECTS } from './large-objects.ts';

const engine = sharedEngine();

/** An ordinary review has three seconds; these get one, so that the tests of giving up do not take longer. */
const DEADLINE = '/validate?timeout=1s';
const TIMEOUT_MS = 1_000;
/** Of processor time, in one turn of the event loop. Measured: see the output. */
const LONGEST_STALL_MS = 1_500;

/** Garbage that nobody has collected yet included. Measured: see the output. */
const MOST_HEAP_MB = 600;

const ordinary = requestFor('ordinary', stored(pod('team-a/ordinary', { app: 'web' })));

/** Ordinary reviews, one after the other; the slowest in milliseconds, how many there were, and the heap between them. */
async function othersUntil(webhook: EngineWebhook, done: Promise<unknown>) {
  let [served, slowestMs, mostHeapBytes, isDone] = [0, 0, 0, false];
  void done.finally(() => (isDone = true));
  while (!isDone) {
    const start = performance.now();
    const answer = await reviewed(webhook, ordinary);
    assert.equal(answer.auditAnnotations?.['decision'], 'allow');
    slowestMs = Math.max(slowestMs, performance.now() - start);
    mostHeapBytes = Math.max(mostHeapBytes, process.memoryUsage().heapUsed);
    served += 1;
    await delay(1);
  }
  return { served, slowestMs, mostHeapMB: Math.round(mostHeapBytes / 1_000_000) };
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
    const start = performance.now();
    const stalls = watchStalls();
    const answered = reviewed(engine(), {}, { body: text, path: DEADLINE });
    const others = await othersUntil(engine(), answered);
    const answer = await answered;
    const { wallMs, cpuMs } = stalls.stop();
    const tookMs = performance.now() - start;
    assertJudgedOrSaid(answer);
    assertPlainAnswer(answer);
    assert.equal(await internalErrors(engine()), 0);
    const { decision = '', reason = '', findings = '' } = answer.auditAnnotations ?? {};
    t.diagnostic(
      `${Math.round(text.length / 1_000)} kB: ${decision} ${reason}${findings} in ${Math.round(tookMs)} ms, stall ` +
        `${Math.round(cpuMs)} ms CPU (${Math.round(wallMs)} ms), ` +
        `${others.served} others, the slowest in ${Math.round(others.slowestMs)} ms, ${others.mostHeapMB} MB of heap`,
    );
    assert.ok(others.mostHeapMB < MOST_HEAP_MB, `${others.mostHeapMB} MB of heap`);
    assert.ok(cpuMs < LONGEST_STALL_MS, `the event loop stood still for ${cpuMs} ms of processor time`);
    assert.ok(tookMs < TIMEOUT_MS + wallMs + LONGEST_STALL_MS, `answered after ${tookMs} ms`);
  });
}
