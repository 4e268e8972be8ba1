import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_RULES } from '../../../../src/review/decision-rules.ts';
import { AutoTrip, counted, rulesUnder } from '../../../../src/server/judging/auto-trip.ts';
import { readReview, type Answer } from '../../../../src/kubernetes/admission-review.ts';
import { reviewBody } from '../../../support/http-reviews.ts';
import { readableLog } from '../../../support/http-log.ts';

const MINUTE_MS = 60_000;

interface Tripping {
  readonly trip: AutoTrip;
  readonly count: (reviews: { readonly denied?: number; readonly allowed?: number }) => void;
  readonly wait: (ms: number) => void;
  readonly trips: () => number;
  readonly lines: ReturnType<typeof readableLog>['lines'];
}

function tripping(): Tripping {
  let now = 12_345;
  let trips = 0;
  const { log, lines } = readableLog();
  const trip = new AutoTrip({ clock: () => now, log, onTrip: () => (trips += 1) });
  return {
    trip,
    count: ({ denied = 0, allowed = 0 }) => {
      for (let index = 0; index < allowed; index += 1) trip.count(false);
      for (let index = 0; index < denied; index += 1) trip.count(true);
    },
    wait: (ms) => void (now += ms),
    trips: () => trips,
    lines,
  };
}

test('more than a hundred denials that are more than a fifth of all trip it, and one alert says so', () => {
  const { trip, count, trips, lines } = tripping();
  count({ allowed: 403, denied: 100 });
  assert.equal(trip.isTripped(), false);
  count({ denied: 1 });
  assert.equal(trip.isTripped(), true);
  count({ denied: 500 });
  assert.equal(trips(), 1);
  assert.deepEqual(
    lines().map(({ level, denied, reviews }) => ({ level, denied, reviews })),
    [{ level: 'error', denied: 101, reviews: 504 }],
  );
});

test('a hundred denials are too few, and so is a fifth of many', () => {
  const few = tripping();
  few.count({ denied: 100 });
  assert.equal(few.trip.isTripped(), false);
  const fifth = tripping();
  fifth.count({ allowed: 4_000, denied: 1_000 });
  assert.equal(fifth.trip.isTripped(), false);
});

test('what is older than five minutes does not count, however long nobody asked', () => {
  const { trip, count, wait } = tripping();
  count({ denied: 60 });
  wait(5 * MINUTE_MS);
  count({ denied: 60 });
  wait(50 * MINUTE_MS);
  count({ denied: 60 });
  assert.equal(trip.isTripped(), false);
  wait(4 * MINUTE_MS);
  count({ denied: 60 });
  assert.equal(trip.isTripped(), true);
});

test('half an hour later it denies again, and counts anew', () => {
  const { trip, count, wait, lines } = tripping();
  count({ denied: 101 });
  wait(30 * MINUTE_MS - 1);
  assert.equal(trip.isTripped(), true);
  wait(1);
  assert.equal(trip.isTripped(), false);
  assert.equal(lines().at(-1)?.['because'], 'half an hour has passed');
  count({ denied: 100 });
  assert.equal(trip.isTripped(), false);
});

test('acknowledged, it denies at once, and what was denied before does not trip it again', () => {
  const { trip, count, lines } = tripping();
  assert.equal(trip.acknowledge(), false);
  count({ denied: 101 });
  assert.equal(trip.acknowledge(), true);
  assert.equal(trip.isTripped(), false);
  count({ denied: 100 });
  assert.equal(trip.isTripped(), false);
  assert.equal(lines().at(-1)?.['because'], 'acknowledged');
});

test('while it is tripped nothing is in a stricter mode than audit, and what is off stays off', () => {
  const { trip, count } = tripping();
  assert.equal(rulesUnder(trip, DEFAULT_RULES), DEFAULT_RULES);
  count({ denied: 101 });
  assert.equal(rulesUnder(trip, DEFAULT_RULES).maxMode, 'audit');
  assert.equal(rulesUnder(trip, { ...DEFAULT_RULES, maxMode: 'off' }).maxMode, 'off');
});

const DENIED: Answer = { allowed: false, message: '', causes: [], warnings: [], auditAnnotations: {} };

test('denials of dry runs, and those that come too late, hold nobody up and are not counted', async () => {
  const { trip } = tripping();
  const judge = counted(() => Promise.resolve(DENIED), trip);
  const deadline = { timeoutMs: 1, remainingMs: () => 1 };
  const reviewed = async (dryRun: boolean, signal: AbortSignal): Promise<void> => {
    const review = readReview(JSON.parse(reviewBody({ uid: 'u', dryRun })));
    assert.ok(review.ok);
    for (let index = 0; index < 200; index += 1) await judge(review.value, deadline, signal);
  };
  await reviewed(true, new AbortController().signal);
  await reviewed(false, AbortSignal.abort());
  assert.equal(trip.isTripped(), false);
  const other = tripping();
  const review = readReview(JSON.parse(reviewBody({ uid: 'u' })));
  assert.ok(review.ok);
  const inTime = counted(() => Promise.resolve(DENIED), other.trip);
  for (let index = 0; index < 101; index += 1) await inTime(review.value, deadline, new AbortController().signal);
  assert.equal(other.trip.isTripped(), true);
});
