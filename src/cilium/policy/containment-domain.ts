/**
 * What is still possible for the label of one key: absent, or there with some source and some value.
 *
 * An identity holds a key once, so that absence and the sources exclude each other. Values are a finite set or all but a
 * finite set: of strings there is always one more, which is how identities that do not exist yet are thought of.
 * Invariant: a Domain is not empty, and no source in it is without a value.
 */
import type { Label } from '../identity/label.ts';
import type { Requirement } from './selector.ts';

export type Values =
  | { readonly kind: 'only'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'except'; readonly values: ReadonlySet<string> };

export interface Domain {
  readonly absent: boolean;
  /** By source. */
  readonly present: ReadonlyMap<string, Values>;
}

export const ABSENT: Domain = { absent: true, present: new Map() };

export const ANY_VALUE: Values = { kind: 'except', values: new Set() };

export function only(...values: readonly string[]): Values {
  return { kind: 'only', values: new Set(values) };
}

export function except(...values: readonly string[]): Values {
  return { kind: 'except', values: new Set(values) };
}

/** Absent, or there from one of these sources. */
export function perhaps(...sources: readonly (readonly [source: string, values: Values])[]): Domain {
  return { absent: true, present: new Map(sources) };
}

export function present(source: string, values: Values): Domain {
  return { absent: false, present: new Map([[source, values]]) };
}

/** The part of the domain where the requirement holds, or where it does not; undefined if there is none. */
export function narrowed(domain: Domain, requirement: Requirement, holds: boolean): Domain | undefined {
  const { source, operator } = requirement;
  const wantsLabel = (operator === 'In' || operator === 'Exists') === holds;
  const left = new Map<string, Values>();
  for (const [candidate, values] of domain.present) {
    const concerned = source === 'any' || source === candidate;
    const kept = concerned ? keptValues(values, requirement, wantsLabel) : wantsLabel ? undefined : values;
    if (kept !== undefined) left.set(candidate, kept);
  }
  const absent = domain.absent && !wantsLabel;
  return absent || left.size > 0 ? { absent, present: left } : undefined;
}

function keptValues(values: Values, { operator, values: named }: Requirement, wantsLabel: boolean): Values | undefined {
  if (operator === 'Exists' || operator === 'DoesNotExist') return wantsLabel ? values : undefined;
  const kept = wantsLabel ? shared(values, named) : without(values, named);
  return kept.kind === 'only' && kept.values.size === 0 ? undefined : kept;
}

function shared(values: Values, named: readonly string[]): Values {
  return only(...named.filter((value) => values.values.has(value) === (values.kind === 'only')));
}

function without(values: Values, named: readonly string[]): Values {
  if (values.kind === 'except') return except(...values.values, ...named);
  return only(...[...values.values].filter((value) => !named.includes(value)));
}

/** One possibility, the simplest there is; undefined stands for an absent label. */
export function sample(domain: Domain, key: string): Label | undefined {
  if (domain.absent) return undefined;
  for (const [source, values] of domain.present) return { source, key, value: sampleValue(values) };
  return undefined;
}

function sampleValue(values: Values): string {
  if (values.kind === 'only') {
    for (const value of values.values) return value;
  }
  // Each round tries another name, and only so many are taken.
  for (let number = 1; ; number += 1) {
    const value = number === 1 ? 'other' : `other-${number}`;
    if (!values.values.has(value)) return value;
  }
}
