/**
 * From figures to values, limits and verdicts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SizeFigures } from '../../../../bench/engine/targets.ts';
import { formatVerdicts, verdictsOf, type Verdict } from '../../../../bench/engine/verdicts.ts';

function size(scale: number, runs: Readonly<Record<string, Readonly<Record<string, number>>>>): SizeFigures {
  return { scale, runs: new Map(Object.entries(runs)) as SizeFigures['runs'] };
}

function found(sizes: readonly SizeFigures[], id: string): Verdict | undefined {
  const verdicts = verdictsOf([{ version: '1.20.2', sizes, missing: ['pods at 1: over 3 min'] }], ['T4', 'T7', 'T9']);
  return verdicts.find((verdict) => verdict.id === id);
}

test('a value is that of the largest cluster, and it is met up to its limit', () => {
  const pods = (known: number): readonly SizeFigures[] => [
    size(0.1, { pods: { known: 9 } }),
    size(1, { pods: { known } }),
  ];
  assert.deepEqual(found(pods(0.12), 'T4-known'), {
    id: 'T4-known',
    version: '1.20.2',
    value: 0.12,
    limit: 0.12,
    pass: true,
  });
  assert.equal(found(pods(0.13), 'T4-known')?.pass, false);
});

test('a cold start counts as so many times JSON.parse of the same bytes', () => {
  assert.equal(found([size(1, { load: { cpuMs: 300 }, parse: { cpuMs: 150 } })], 'T7-cold-start')?.value, 2);
});

test('growth is the factor for a cluster ten times as large, through all sizes', () => {
  const sizes = [0.01, 0.1, 1].map((scale, index) => size(scale, { pods: { known: [1, 2, 9][index] ?? 0 } }));
  assert.ok(Math.abs((found(sizes, 'T9-known')?.value ?? 0) - 3) < 1e-9);
});

test('what was not measured is null with a reason, and no target is met by it', () => {
  const verdict = found([size(0.1, { pods: { known: 1 } }), size(1, {})], 'T4-known');
  assert.equal(verdict?.value, null);
  assert.equal(verdict.pass, false);
  assert.equal(verdict.reason, 'pods at 1: over 3 min');
  assert.equal(found([size(0.1, { pods: { known: 1 } }), size(1, {})], 'T9-known')?.value, null);
});

test('the table has a row for each target and a column for each version', () => {
  const verdict = { id: 'T4-known', value: 0.5, limit: 0.12, pass: false };
  const table = formatVerdicts([
    { ...verdict, version: '1.19.7' },
    { ...verdict, version: '1.20.2', value: 0.1, pass: true },
  ]);
  const [head = '', row = '', ...rest] = table.split('\n');
  assert.match(head, /^target +limit +1\.19\.7 +1\.20\.2$/);
  assert.match(row, /^T4-known: .* 0\.12 P +0\.5 MISSED +0\.1 met$/);
  assert.deepEqual(rest, []);
});
