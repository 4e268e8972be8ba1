/**
 * Start-up: the workload's file into a store, against JSON.parse of the same bytes, each time in a fresh process.
 */
import { Child } from '../children/child.ts';
import type { StartUpFigures } from '../children/protocol.ts';
import type { Result, Unit } from '../results.ts';
import { ratioResult } from '../results.ts';
import { quantile, ratio } from '../statistics.ts';

const TABLE = 'Start-up';

export async function measureStartUp(file: string, rounds: number): Promise<readonly Result[]> {
  const loads: StartUpFigures[] = [];
  const parses: StartUpFigures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = [
      async () => void loads.push(await oneProcess('load', file)),
      async () => void parses.push(await oneProcess('parse', file)),
    ];
    for (const run of round % 2 === 0 ? order : order.toReversed()) await run();
  }
  return [...comparison(loads, parses), ...firstDecisions(loads)];
}

async function oneProcess(what: 'load' | 'parse', file: string): Promise<StartUpFigures> {
  const child = new Child({ program: 'start-up.ts', args: [what, file], nodeOptions: ['--expose-gc'] });
  const { figures } = await child.next('start-up');
  await child.stop();
  return figures;
}

type Figure = 'cpuMs' | 'wallMs' | 'rssMiB' | 'heapMiB';

const FIGURES: readonly { readonly column: string; readonly unit: Unit; readonly figure: Figure }[] = [
  { column: 'CPU', unit: 'ms', figure: 'cpuMs' },
  { column: 'time', unit: 'ms', figure: 'wallMs' },
  { column: 'RSS', unit: 'MiB', figure: 'rssMiB' },
  { column: 'heap in use', unit: 'MiB', figure: 'heapMiB' },
];

function comparison(loads: readonly StartUpFigures[], parses: readonly StartUpFigures[]): readonly Result[] {
  const median = (row: string, rounds: readonly StartUpFigures[]): readonly Result[] =>
    FIGURES.map(({ column, unit, figure }) => {
      return {
        table: TABLE,
        row,
        column,
        unit,
        value: quantile(
          rounds.map((round) => round[figure]),
          0.5,
        ),
      };
    });
  const ratios = FIGURES.map(({ column, figure }) => {
    const pairs = loads.map((load, index) => ({
      measured: load[figure],
      baseline: parses[index]?.[figure] ?? Number.NaN,
    }));
    return ratioResult({ table: TABLE, row: 'load : JSON.parse of the same bytes', column }, ratio(pairs));
  });
  return [...ratios, ...median('load', loads), ...median('JSON.parse', parses)];
}

function firstDecisions(loads: readonly StartUpFigures[]): readonly Result[] {
  const table = 'First decisions after the load';
  const rows = [
    ['pod, known identity', loads.flatMap(({ firstKnownMs }) => firstKnownMs ?? [])],
    ['pod, new identity: makes all classes', loads.flatMap(({ firstNewMs }) => firstNewMs ?? [])],
  ] as const;
  return rows.map(([row, times]) => ({ table, row, column: 'time', unit: 'ms', value: quantile(times, 0.5) }));
}
