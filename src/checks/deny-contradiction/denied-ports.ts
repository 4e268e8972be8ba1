/**
 * The ports that denies take of a unit which allows more than those: `TCP/80`, `TCP/8000-8080`, `every port of UDP`.
 *
 * Cost: O(ranges of the denies x ranges of the unit).
 */
import { ANY_PROTOCOL, type PortRange, type Rule } from '../../cilium/policy/rule.ts';
import { rangeText } from './port-facts.ts';
import type { Unit } from './units.ts';

type Interval = Pick<PortRange, 'protocol' | 'first' | 'last'>;

const LAST_PORT = 65_535;
const NAMED = 3;

/** undefined: some deny takes every port of the unit, so that ports do not tell the part. */
export function deniedPorts({ ranges }: Unit, denies: readonly Rule[]): string | undefined {
  const texts = new Set<string>();
  for (const { ports } of denies) {
    if (ports.kind === 'any') return undefined;
    const shared = ports.items.flatMap((denied) => ranges.flatMap((range) => sharedPorts(range, denied) ?? []));
    if (ranges.every((range) => shared.some((part) => rangeText(part) === rangeText(range)))) return undefined;
    for (const part of shared) texts.add(rangeText(part));
  }
  const [...all] = texts;
  if (all.length === 0) return undefined;
  return `${all.slice(0, NAMED).join(', ')}${all.length > NAMED ? ` and ${all.length - NAMED} more` : ''}`;
}

function sharedPorts(range: Interval, denied: Interval): Interval | undefined {
  if (range.protocol === ANY_PROTOCOL) return denied;
  if (denied.protocol !== range.protocol) return undefined;
  const [a, b] = [boundsOf(range), boundsOf(denied)];
  const [first, last] = [Math.max(a.first, b.first), Math.min(a.last, b.last)];
  return first > last ? undefined : { protocol: range.protocol, first, last: first === 0 ? 0 : last };
}

/** Port 0 is every port. */
function boundsOf({ first, last }: Interval): Pick<Interval, 'first' | 'last'> {
  return first === 0 ? { first: 0, last: LAST_PORT } : { first, last: Math.max(first, last) };
}
