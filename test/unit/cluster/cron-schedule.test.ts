import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mostRunsWithin } from '../../../src/cluster/cron-runs.ts';
import { parseCronSchedule } from '../../../src/cluster/cron-schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function most(text: string, windowMs: number): number {
  const schedule = parseCronSchedule(text);
  assert.ok(schedule, text);
  return mostRunsWithin(schedule, windowMs);
}

describe('the most runs of a schedule within 75 minutes', () => {
  const table: Readonly<Record<string, number>> = {
    '* * * * *': 75,
    '*/5 * * * *': 15,
    '*/10 8-17 * * 1-5': 8,
    '0 * * * *': 2,
    '@hourly': 2,
    '0 0 * * *': 1,
    '@yearly': 1,
    '0,30 * * * *': 3,
    '30/10 * * * *': 5,
    '58,59 23 * * *': 2,
    '0-5 0 29 feb *': 6,
    '* 0 * * mon-fri': 60,
    '0 0 30 2 *': 0,
    '? ? ? ? ?': 75,
    '@every 1m30s': 50,
    '@every 60s': 75,
    // One Job a minute: its name is made of the minute.
    '@every 1s': 75,
    '@every 1ms': 75,
    'TZ=Europe/Berlin */15 * * * *': 5,
    'CRON_TZ=UTC */15 * * * *': 5,
    'TZ=UTC  @every 1m': 75,
    '*/+1 * * * *': 75,
    '*/0000000001 +00 * * *': 60,
  };
  for (const [text, runs] of Object.entries(table)) {
    test(`of ${text}`, () => assert.equal(most(text, 75 * MINUTE), runs));
  }

  test('are counted over midnight', () => {
    assert.equal(most('*/30 0,23 * * *', 75 * MINUTE), 3);
    assert.equal(most('*/30 0,23 1 * *', 75 * MINUTE), 2);
  });
});

describe('days', () => {
  test('of the month and of the week are either, if both are restricted', () => {
    assert.equal(most('0 0 1 * *', 7 * DAY), 1);
    assert.equal(most('0 0 * * 1', 7 * DAY), 1);
    assert.equal(most('0 0 1 * 1', 7 * DAY), 2);
  });

  test('of a field with a star are those of the other', () => {
    assert.equal(most('0 0 */1 * 1', 7 * DAY), 1);
    assert.equal(most('0 0 *,5 * 1', 7 * DAY), 1);
  });

  test('of a star with a step are restricted', () => {
    assert.equal(most('0 0 */2 * 1', 7 * DAY), 5);
  });
});

describe('what no API server takes is no schedule', () => {
  const table = [
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * 32 * *',
    '* * * 13 *',
    '* * * * 7',
    '5-1 * * * *',
    '*/0 * * * *',
    '1-2-3 * * * *',
    '*/2/2 * * * *',
    '-1 * * * *',
    '1.5 * * * *',
    '0 0 L * *',
    '@reboot',
    '@every',
    '@every soon',
    'TZ=UTC',
    '* * * * mon-x',
    `1-${'9'.repeat(400)} * * * *`,
  ];
  for (const text of table) {
    test(JSON.stringify(text.slice(0, 40)), () => assert.equal(parseCronSchedule(text), undefined));
  }
});

test('one that is too long to be read may run at every minute, and no more often', () => {
  assert.equal(most(`${'0,'.repeat(600)}0 * * * *`, 75 * MINUTE), 75);
  assert.equal(most(`@every ${'0'.repeat(2_000)}1h`, 75 * MINUTE), 75);
  assert.equal(most(`${'0,'.repeat(400)}0 * * * *`, 75 * MINUTE), 2);
});

test('no text makes it throw or go on for ever', () => {
  const part = fc.oneof(
    fc.constantFrom('*', '?', '/', '-', ',', ' ', '@every ', '@', 'TZ=', 'mon', 'jan', '1h', '0', '59'),
    fc.nat(100).map(String),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), fc.nat(40 * DAY), (parts, windowMs) => {
      const schedule = parseCronSchedule(parts.join(''));
      const runs = schedule === undefined ? 0 : mostRunsWithin(schedule, windowMs);
      assert.ok(runs >= 0 && runs <= 65_536);
    }),
    { seed: 20261123 },
  );
});

test('a longer window has no fewer runs, and never more than its minutes', () => {
  const field = (least: number, largest: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: least, max: largest }).map(String),
      fc.integer({ min: 1, max: largest }).map((step) => `*/${step}`),
    );
  const schedules = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6));
  fc.assert(
    fc.property(schedules, fc.integer({ min: 1, max: 3_000 }), (texts, minutes) => {
      const [shorter, longer] = [minutes, minutes + 1].map((span) => most(texts.join(' '), span * MINUTE));
      assert.ok(shorter !== undefined && longer !== undefined);
      assert.ok(shorter <= longer && longer <= minutes + 1);
    }),
    { seed: 20261123, numRuns: 60 },
  );
});
