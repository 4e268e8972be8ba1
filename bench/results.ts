/**
 * What is measured, as a flat list for programs and as tables for people.
 */
import type { Estimate } from './statistics.ts';

export type Unit = 'ratio' | 'us' | 'ms' | 's' | 'per s' | 'MiB' | 'kB' | 'count';

/** One cell of a table. */
export interface Result {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly unit: Unit;
  readonly value: number;
  /** 95 % confidence. */
  readonly interval?: { readonly low: number; readonly high: number };
}

export function ratioResult(place: Pick<Result, 'table' | 'row' | 'column'>, { value, low, high }: Estimate): Result {
  return { ...place, unit: 'ratio', value, interval: { low, high } };
}

/** Tables, rows and columns in the order in which they first appear. */
export function formatTables(results: readonly Result[]): string {
  return unique(results, 'table')
    .map((table) =>
      formatTable(
        table,
        results.filter((result) => result.table === table),
      ),
    )
    .join('\n\n');
}

function formatTable(title: string, results: readonly Result[]): string {
  const columns = unique(results, 'column');
  const rows = unique(results, 'row').map((row) => [
    row,
    ...columns.map((column) => formatCell(results.find((each) => each.row === row && each.column === column))),
  ]);
  return [title, ...formatRows([['', ...columns], ...rows]).map((line) => `  ${line}`)].join('\n');
}

/** The first column to the left, the others to the right. */
export function formatRows(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  return rows.map((row) =>
    row
      .map((text, index) => (index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function formatCell(result: Result | undefined): string {
  if (result === undefined) return '-';
  const { value, interval, unit } = result;
  if (interval !== undefined) return `${digits(value)} (${digits(interval.low)}-${digits(interval.high)})`;
  return unit === 'ratio' || unit === 'count' ? digits(value) : `${digits(value)} ${unit}`;
}

/** Three digits that count. */
function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 4));
}

function unique(results: readonly Result[], field: 'table' | 'row' | 'column'): readonly string[] {
  return [...new Set(results.map((result) => result[field]))];
}
