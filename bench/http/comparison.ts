/**
 * One Pod review over HTTPS: the webhook against servers that do nothing.
 *
 * In each round every server gets one burst of the same requests; the order is reversed in odd rounds, so that a machine
 * that gets slower or faster favours none. Ratios are taken within a round.
 */
import { quantile, ratio, type Pair } from '../statistics.ts';
import { ratioResult, type Result, type Unit } from '../results.ts';
import type { ReviewText } from '../workload/reviews.ts';
import { burst, type BurstFigures, type Prepared } from './burst.ts';
import { Connection } from './connection.ts';
import type { Server, ServerName } from './servers.ts';

export interface Load {
  readonly servers: readonly Server[];
  readonly reviews: readonly ReviewText[];
  readonly connections: number;
  readonly perSecond: number;
}

export interface Comparison extends Load {
  readonly rounds: number;
  readonly burstMs: number;
  readonly title: string;
}

/** A server with open connections and what is sent over them. */
interface Lane {
  readonly server: Server;
  readonly connections: readonly Connection[];
  readonly requests: readonly Prepared[];
  readonly perSecond: number;
  readonly figures: RoundFigures[];
}

interface RoundFigures extends BurstFigures {
  readonly cpuUs: number;
}

/** Bursts that nobody looks at. */
const SETTLE_MS = 300;

export async function warmUp(load: Load, durationMs: number): Promise<void> {
  const lanes = await openLanes(load);
  for (const lane of lanes) await burst({ ...lane, first: 0, durationMs });
  close(lanes);
}

export async function compareServers(comparison: Comparison): Promise<readonly Result[]> {
  const { rounds, burstMs } = comparison;
  const lanes = await openLanes(comparison);
  for (const lane of lanes) await burst({ ...lane, first: 0, durationMs: SETTLE_MS });
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      lane.figures.push(await measured(lane, { first: round * burstMs, durationMs: burstMs }));
    }
  }
  close(lanes);
  return resultsOf(comparison.title, lanes);
}

async function openLanes(load: Load): Promise<readonly Lane[]> {
  return Promise.all(load.servers.map((server) => openLane(server, load)));
}

function close(lanes: readonly Lane[]): void {
  for (const { connections } of lanes) for (const connection of connections) connection.close();
}

async function openLane(server: Server, { reviews, connections, perSecond }: Load): Promise<Lane> {
  return {
    server,
    connections: await Promise.all(Array.from({ length: connections }, () => Connection.open(server.address))),
    requests: reviews.map((review) => prepared(review, server)),
    perSecond,
    figures: [],
  };
}

function prepared({ uid, text }: ReviewText, { address, answerTo }: Server): Prepared {
  const head = [
    'POST /validate?timeout=3s HTTP/1.1',
    `Host: localhost:${address.port}`,
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
  return { bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`), expected: answerTo(uid) };
}

async function measured(
  lane: Lane,
  when: { readonly first: number; readonly durationMs: number },
): Promise<RoundFigures> {
  const { server } = lane;
  const before = await server.child.ask({ type: 'usage' }, 'usage');
  const figures = await burst({ ...lane, ...when });
  const after = await server.child.ask({ type: 'usage' }, 'usage');
  return { ...figures, cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / figures.requests };
}

const COLUMNS: readonly {
  readonly column: string;
  readonly unit: Unit;
  readonly of: (round: RoundFigures) => number;
}[] = [
  { column: 'p50', unit: 'us', of: ({ p50Us }) => p50Us },
  { column: 'p99', unit: 'us', of: ({ p99Us }) => p99Us },
  { column: 'CPU per request', unit: 'us', of: ({ cpuUs }) => cpuUs },
  { column: 'requests', unit: 'per s', of: ({ requests, seconds }) => requests / seconds },
];

const RATIOS: readonly (readonly [ServerName, ServerName])[] = [
  ['webhook', 'express'],
  ['webhook', 'bare https'],
  ['express again', 'express'],
];

function resultsOf(table: string, lanes: readonly Lane[]): readonly Result[] {
  const rounds = new Map(lanes.map(({ server, figures }) => [server.name, figures]));
  const ratios = RATIOS.flatMap(([measured, baseline]) =>
    COLUMNS.map(({ column, of }) => {
      const pairs = pairsOf(rounds.get(measured) ?? [], rounds.get(baseline) ?? [], of);
      return ratioResult({ table, row: `${measured} : ${baseline}`, column }, ratio(pairs));
    }),
  );
  const medians = lanes.flatMap(({ server, figures }) =>
    COLUMNS.map(({ column, unit, of }): Result => {
      return { table, row: server.name, column, unit, value: quantile(figures.map(of), 0.5) };
    }),
  );
  return [...ratios, ...medians];
}

function pairsOf(
  measured: readonly RoundFigures[],
  baseline: readonly RoundFigures[],
  of: (round: RoundFigures) => number,
): readonly Pair[] {
  return measured.flatMap((round, index) => {
    const other = baseline[index];
    return other === undefined ? [] : [{ measured: of(round), baseline: of(other) }];
  });
}
