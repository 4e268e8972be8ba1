/**
 * Days and times as a configuration writes them: `2027-01-31`, `2027-01-31T12:00:00Z`.
 *
 * A day is one of UTC. Milliseconds since 1970; undefined: no such day, as the 30th of February.
 */
const DAY_MS = 24 * 60 * 60 * 1000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Of a day its first moment. */
export function startOf(text: string): number | undefined {
  const time = Date.parse(text);
  // Date.parse takes the 31st of a month that has 30 days for the next day.
  return Number.isNaN(time) || !isDay(text.slice(0, 10)) ? undefined : time;
}

/** Of a day the first moment after it. */
export function endOf(text: string): number | undefined {
  const start = startOf(text);
  return start !== undefined && DAY.test(text) ? start + DAY_MS : start;
}

function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
