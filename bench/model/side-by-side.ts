/**
 * Operations in one process, measured side by side: in each round some of each, in turns, against JSON.parse of one review.
 *
 * The ratio to parsing says what an operation costs on any machine: parsing is what a webhook cannot avoid.
 */
import { performance } from 'node:perf_hooks';
import { ratioResult, type Result } from '../results.ts';
import { quantile, ratio } from '../statistics.ts';

export interface Operation {
  readonly name: string;
  /** How many of it in one round. */
  readonly perRound: number;
  /** Made ready outside the measured time. */
  readonly prepare: () => () => void;
}

interface Round {
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface SideBySide {
  readonly table: string;
  /** Name of the unit, in columns; `parse` by default. */
  readonly against?: string;
  /** What the others are held against. */
  readonly unit: Operation;
  readonly operations: readonly Operation[];
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** After so long no further round begins, once there are two, a quarter of it for those before the figures; never by default. */
  readonly limitMs?: number;
}

/** For an interval. */
const LEAST_ROUNDS = 2;

export function measureSideBySide({
  table,
  against = 'parse',
  unit,
  operations,
  rounds,
  warmUpRounds,
  limitMs = Infinity,
}: SideBySide): readonly Result[] {
  const all = [unit, ...operations];
  const begin = performance.now();
  const figures = new Map<Operation, Round[]>(all.map((operation) => [operation, []]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const spentMs = performance.now() - begin;
    if (round >= LEAST_ROUNDS && spentMs > limitMs) break;
    if (round < 0 && spentMs > limitMs / 4) round = 0;
    for (const operation of round % 2 === 0 ? all : all.toReversed()) {
      const figure = measured(operation);
      if (round >= 0) figures.get(operation)?.push(figure);
    }
  }
  const units = figures.get(unit) ?? [];
  return all.flatMap((operation) =>
    rowOf({ table, against, row: operation.name }, figures.get(operation) ?? [], units),
  );
}

function measured({ perRound, prepare }: Operation): Round {
  const times: number[] = [];
  for (let index = 0; index < perRound; index += 1) {
    const run = prepare();
    const start = performance.now();
    run();
    times.push((performance.now() - start) * 1000);
  }
  return { p50Us: quantile(times, 0.5), p99Us: quantile(times, 0.99) };
}

/** Both quantiles are held against the median of the unit in the same round. */
function rowOf(
  { table, row, against }: { readonly table: string; readonly row: string; readonly against: string },
  rounds: readonly Round[],
  units: readonly Round[],
): readonly Result[] {
  const held = (of: (round: Round) => number): readonly { measured: number; baseline: number }[] =>
    rounds.map((round, index) => ({ measured: of(round), baseline: units[index]?.p50Us ?? Number.NaN }));
  const p50: Result = {
    table,
    row,
    column: 'p50',
    unit: 'us',
    value: quantile(
      rounds.map((round) => round.p50Us),
      0.5,
    ),
  };
  const p99: Result = {
    table,
    row,
    column: 'p99',
    unit: 'us',
    value: quantile(
      rounds.map((round) => round.p99Us),
      0.5,
    ),
  };
  return [
    ratioResult({ table, row, column: `p50 : ${against}` }, ratio(held((round) => round.p50Us))),
    ratioResult({ table, row, column: `p99 : ${against}` }, ratio(held((round) => round.p99Us))),
    p50,
    p99,
  ];
}
