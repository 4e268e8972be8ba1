/**
 * How many runs of a schedule fall into a time of some length, at most.
 *
 * Counted from a fixed day on, over the days of four years or enough runs: the answer depends on nothing but the schedule. Summer
 * time is left out.
 * Cost: O(days + runs), both bounded; once there is a run at every minute no further one is looked at.
 */
import type { CronSchedule } from './cron-schedule.ts';

type Calendar = Extract<CronSchedule, { readonly kind: 'calendar' }>;

/** As many as a cluster has identities. */
const MOST_RUNS = 65_536;
/** Days that have runs have them at the same times: a week of them shows how dense they are. */
const RUNS_LOOKED_AT = 10_000;
/** The first day of a leap year. */
const FIRST_DAY_MS = Date.UTC(2028, 0, 1);
const DAYS = 4 * 365 + 1;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_OF_HOUR = 60;
const MINUTES_OF_DAY = 1_440;

/** Of a window of which one end is not part. A Job is named by the minute of its time, so that one minute has one run. */
export function mostRunsWithin(schedule: CronSchedule, windowMs: number): number {
  switch (schedule.kind) {
    case 'unread':
      return mostEvery(MINUTE_MS, windowMs);
    case 'every':
      return mostEvery(Math.max(schedule.ms, MINUTE_MS), windowMs);
    case 'calendar':
      return mostWithin(minutesOf(schedule), windowMs / MINUTE_MS);
  }
}

function mostEvery(ms: number, windowMs: number): number {
  return Math.min(MOST_RUNS, Math.ceil(windowMs / ms));
}

/** `marks`: ascending. */
function mostWithin(marks: Iterable<number>, span: number): number {
  const ceiling = Math.min(MOST_RUNS, Math.ceil(span));
  const enough = Math.max(RUNS_LOOKED_AT, 2 * ceiling);
  const seen: number[] = [];
  let first = 0;
  let most = 0;
  for (const mark of marks) {
    seen.push(mark);
    while (mark - (seen[first] ?? mark) >= span) first += 1;
    most = Math.max(most, seen.length - first);
    if (most >= ceiling || seen.length >= enough) break;
  }
  return Math.min(most, MOST_RUNS);
}

/** The minutes at which it runs, counted from the first day. */
function* minutesOf(calendar: Calendar): Iterable<number> {
  for (let day = 0; day < DAYS; day += 1) {
    if (!isDayOf(calendar, new Date(FIRST_DAY_MS + day * DAY_MS))) continue;
    for (const hour of calendar.hours) {
      for (const minute of calendar.minutes) yield day * MINUTES_OF_DAY + hour * MINUTES_OF_HOUR + minute;
    }
  }
}

function isDayOf({ daysOfMonth, months, daysOfWeek }: Calendar, day: Date): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false;
  const isOfMonth = daysOfMonth.values.includes(day.getUTCDate());
  const isOfWeek = daysOfWeek.values.includes(day.getUTCDay());
  return daysOfMonth.isStar || daysOfWeek.isStar ? isOfMonth && isOfWeek : isOfMonth || isOfWeek;
}
