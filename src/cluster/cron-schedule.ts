/**
 * The schedule of a CronJob -> when it runs.
 *
 * Mirrors ParseStandard of github.com/robfig/cron v3, by which the API server validates a schedule and the CronJob controller
 * reads it: five fields, names of months and weekdays, steps, descriptors and `@every`. A day of the month and one of the week
 * that are both restricted are either of them. The time zone is left out: it moves runs, and makes no more of them.
 * Invariant: what no API server takes is no schedule. One that repeats itself beyond a limit of our own is a schedule all the same:
 * when it runs is not known, but that each minute has one run at most is.
 * Cost: linear in the text, up to the limit.
 */
import { fields, parseDurationMs } from '../cilium/go-text.ts';

export type CronSchedule =
  /** Too long to be read. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'every'; readonly ms: number }
  | {
      readonly kind: 'calendar';
      /** Ascending, from 0. */
      readonly minutes: readonly number[];
      readonly hours: readonly number[];
      readonly daysOfMonth: Days;
      /** January is 1. */
      readonly months: readonly number[];
      /** Sunday is 0. */
      readonly daysOfWeek: Days;
    };

interface Days {
  readonly values: readonly number[];
  /** Written as a star: the other of the two fields says which days. */
  readonly isStar: boolean;
}

/** Every minute, hour, day and month one by one is less than half of it. */
const LONGEST = 1_024;
const SECOND_MS = 1_000;

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const MINUTES: Bounds = { least: 0, most: 59, names: [] };
const HOURS: Bounds = { least: 0, most: 23, names: [] };
const DAYS_OF_MONTH: Bounds = { least: 1, most: 31, names: [] };
const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTHS: Bounds = { least: 1, most: 12, names: MONTH_NAMES };
const DAYS_OF_WEEK: Bounds = { least: 0, most: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const EVERY = '@every ';
/** All spaces behind it are cut off, too. */
const TIME_ZONE = /^(?:CRON_)?TZ=[^ ]* \s*/;

/** undefined: no schedule. */
export function parseCronSchedule(text: string): CronSchedule | undefined {
  if (text.length > LONGEST) return { kind: 'unread' };
  const local = text.replace(TIME_ZONE, '');
  if (local.startsWith(EVERY)) return everyIn(local.slice(EVERY.length));
  return calendarIn(fields(DESCRIPTORS.get(local) ?? local));
}

/** Not more often than each second, and in whole seconds. */
function everyIn(duration: string): CronSchedule | undefined {
  const ms = parseDurationMs(duration);
  if (ms === undefined) return undefined;
  return { kind: 'every', ms: Math.max(SECOND_MS, Math.floor(ms / SECOND_MS) * SECOND_MS) };
}

function calendarIn(texts: readonly string[]): CronSchedule | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = texts;
  if (dayOfWeek === undefined || more.length > 0) return undefined;
  const minutes = daysIn(minute, MINUTES);
  const hours = daysIn(hour, HOURS);
  const daysOfMonth = daysIn(dayOfMonth, DAYS_OF_MONTH);
  const months = daysIn(month, MONTHS);
  const daysOfWeek = daysIn(dayOfWeek, DAYS_OF_WEEK);
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return undefined;
  return {
    kind: 'calendar',
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth,
    months: months.values,
    daysOfWeek,
  };
}

/** A field is ranges between commas; a star among them is a star. */
function daysIn(text = '', bounds: Bounds): Days | undefined {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',').filter((range) => range !== '')) {
    const range = rangeIn(part, bounds);
    if (range === undefined) return undefined;
    isStar ||= range.isStar;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return { values: [...values].sort((a, b) => a - b), isStar };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly isStar: boolean;
}

/** `*`, `5`, `1-5`, each with `/step`: a number with a step goes on to the end. */
function rangeIn(text: string, bounds: Bounds): Range | undefined {
  const [ends = '', stepText, ...more] = text.split('/');
  const [low = '', high, ...rest] = ends.split('-');
  const isAny = low === '*' || low === '?';
  const from = isAny ? bounds.least : numberIn(low, bounds);
  const last = high === undefined ? from : numberIn(high, bounds);
  const to = isAny || (high === undefined && stepText !== undefined) ? bounds.most : last;
  const step = stepText === undefined ? 1 : digits(stepText);
  if (from === undefined || to === undefined || step === undefined) return undefined;
  const isWhole = more.length === 0 && rest.length === 0;
  if (!isWhole || from < bounds.least || to > bounds.most || from > to || step === 0) return undefined;
  return { from, to, step, isStar: isAny && step === 1 };
}

function numberIn(text: string, { least, names }: Bounds): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? digits(text) : index + least;
}

/** As strconv.Atoi reads it, with a sign and leading zeros: the API server takes `+1` and `001`. */
function digits(text: string): number | undefined {
  const number = /^[+]?[0-9]+$/.test(text) ? Number(text) : NaN;
  return number < 2 ** 63 ? number : undefined;
}
