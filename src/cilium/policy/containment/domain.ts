/**
 * What is still possible for the label of one key: absent, or there with some source and some value.
 *
 * An identity holds a key once, so that absence and the sources exclude each other. Values are a finite set or all but a
 * finite set: of strings there is always one more, which is how identities that do not exist yet are thought of.
 * Invariant: a Domain is not empty, and no source in it is without a value.
 */
import type { Label } from '../../identity/label.ts';
import type { Requirement } from '../selector.ts';

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

export function only(values: Iterable<string>): Values {
  return { kind: 'only', values: new Set(values) };
}

export function except(values: Iterable<string>): Values {
  return { kind: 'except', values: new Set(values) };
}

/** Absent, or there from one of these sources. */
export function perhaps(...sources: readonly (readonly [source: string, values: Values])[]): Domain {
  return { absent: true, present: new Map(sources) };
}

export function present(source: string, values: Values): Domain {
  return { absent: false, present: new Map([[source, values]]) };
}

/** Whether the requirement can hold, or fail. Builds nothing. */
export function canBe(domain: Domain, requirement: Requirement, holds: boolean): boolean {
  const wantsLabel = wants(requirement, holds);
  if (domain.absent && !wantsLabel) return true;
  for (const [source, values] of domain.present) {
    if (!concerns(requirement, source)) {
      if (!wantsLabel) return true;
    } else if (keepsSome(values, requirement, wantsLabel)) return true;
  }
  return false;
}

/** The part of the domain where the requirement holds, or where it fails; undefined if there is none. */
export function narrowed(domain: Domain, requirement: Requirement, holds: boolean): Domain | undefined {
  if (!canBe(domain, requirement, holds)) return undefined;
  const wantsLabel = wants(requirement, holds);
  const left = new Map<string, Values>();
  for (const [source, values] of domain.present) {
    if (!concerns(requirement, source)) {
      if (!wantsLabel) left.set(source, values);
    } else if (keepsSome(values, requirement, wantsLabel)) left.set(source, kept(values, requirement, wantsLabel));
  }
  return { absent: domain.absent && !wantsLabel, present: left };
}

/** A label, of the values named if any are; otherwise any other label, or none. */
function wants(requirement: Requirement, holds: boolean): boolean {
  return wantsLabel(requirement) === holds;
}

/** To hold, it needs a label. */
export function wantsLabel({ operator }: Requirement): boolean {
  return operator === 'In' || operator === 'Exists';
}

function concerns(requirement: Requirement, source: string): boolean {
  return requirement.source === 'any' || requirement.source === source;
}

function namesValues({ operator }: Requirement): boolean {
  return operator === 'In' || operator === 'NotIn';
}

function keepsSome(values: Values, requirement: Requirement, wantsLabel: boolean): boolean {
  if (!namesValues(requirement)) return wantsLabel;
  const named = requirement.values;
  if (wantsLabel) return named.some((value) => isPossible(values, value));
  return values.kind === 'except' || hasOther(values, named);
}

function kept(values: Values, requirement: Requirement, wantsLabel: boolean): Values {
  if (!namesValues(requirement)) return values;
  const named = requirement.values;
  if (wantsLabel) return only(named.filter((value) => isPossible(values, value)));
  if (values.kind === 'except') return except([...values.values, ...named]);
  return only(without(values, named));
}

function hasOther({ values }: Values, named: readonly string[]): boolean {
  const taken = new Set(named);
  for (const value of values) if (!taken.has(value)) return true;
  return false;
}

function without({ values }: Values, named: readonly string[]): readonly string[] {
  const taken = new Set(named);
  return [...values].filter((value) => !taken.has(value));
}

function isPossible({ kind, values }: Values, value: string): boolean {
  return values.has(value) === (kind === 'only');
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
