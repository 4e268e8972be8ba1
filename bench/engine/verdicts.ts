/**
 * Measured values against the limits, as JSON and as a table.
 */
import { formatRows } from '../results.ts';
import { TARGETS, type SizeFigures, type Target, type TargetGroup } from './targets.ts';

export interface Verdict {
  readonly id: string;
  readonly version: string;
  /** null: not measured. */
  readonly value: number | null;
  readonly limit: number;
  readonly pass: boolean;
  /** Why it was not measured. */
  readonly reason?: string;
}

export interface Measured {
  readonly version: string;
  /** Smallest first. */
  readonly sizes: readonly SizeFigures[];
  /** Why something was not measured. */
  readonly missing: readonly string[];
}

export function verdictsOf(measured: readonly Measured[], groups: readonly TargetGroup[]): readonly Verdict[] {
  const targets = TARGETS.filter(({ group }) => groups.includes(group));
  return targets.flatMap((target) => measured.map((each) => verdictOf(target, each)));
}

function verdictOf({ id, limit, value }: Target, { version, sizes, missing }: Measured): Verdict {
  const found = value(sizes);
  if (found !== undefined) return { id, version, value: found, limit, pass: found <= limit };
  return { id, version, value: null, limit, pass: false, reason: missing.join('; ') || 'one size alone was measured' };
}

/** A row for each target, a column for each version. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const versions = [...new Set(verdicts.map(({ version }) => version))];
  const targets = TARGETS.filter(({ id }) => verdicts.some((verdict) => verdict.id === id));
  const rows = targets.map(({ id, name, limit, unit }) => [
    `${id}: ${name}`,
    `${digits(limit)} ${unit}`,
    ...versions.map((version) => cell(verdicts.find((verdict) => verdict.id === id && verdict.version === version))),
  ]);
  return formatRows([['target', 'limit', ...versions], ...rows]).join('\n');
}

function cell(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '-';
  if (verdict.value === null) return 'not measured';
  return `${digits(verdict.value)} ${verdict.pass ? 'met' : 'MISSED'}`;
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
