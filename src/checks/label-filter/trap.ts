/**
 * What is wrong with a label filter, before it becomes a finding.
 */
import type { RuleRef } from '../../cilium/objects.ts';
import type { Label } from '../../cilium/identity/label.ts';
import type { FilterRule } from '../../cilium/identity/filter-rule.ts';
import type { FilterFindingId, FilterReasons } from '../facts/findings/label-filter.ts';

/** Another value of `labels`, of which it was tried out that it does what it is for. */
export interface Correction {
  readonly labels: string;
  /** Of the labels that are there or may be, those that it keeps and the value in force does not. */
  readonly gained: readonly Label[];
  /** And those that it drops. */
  readonly lost: readonly Label[];
}

interface TrapOf<Id extends FilterFindingId> {
  readonly id: Id;
  readonly reason: FilterReasons[Id];
  readonly where: 'labels' | 'file';
  /** Absent: all of `labels`, or of the file. */
  readonly entry?: { readonly text: string; readonly position: number };
  /** The rule that decides instead, or that the entry undoes. */
  readonly rule?: FilterRule | undefined;
  /** What the agent says when it refuses to start. */
  readonly error?: string;
  /** Which it is about. */
  readonly labels: readonly Label[];
  /** That are no part of identities because the entry includes: every label needs an include then. */
  readonly lost?: readonly Label[];
  readonly causes?: readonly RuleRef[];
  readonly correction?: Correction | undefined;
}

export type Trap = { readonly [Id in FilterFindingId]: TrapOf<Id> }[FilterFindingId];
