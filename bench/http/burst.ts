/**
 * A burst: every connection asks as fast as it is answered, for a while, and every answer is checked.
 */
import { performance } from 'node:perf_hooks';
import { quantile } from '../statistics.ts';
import type { Connection } from './connection.ts';
import type { Response } from './response-reader.ts';

/** A request as bytes, with what its answer has to hold. */
export interface Prepared {
  readonly bytes: Buffer;
  readonly expected: readonly string[];
}

export interface BurstFigures {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface BurstPlan {
  readonly connections: readonly Connection[];
  readonly requests: readonly Prepared[];
  /** Index of the first request; the others follow in order and round. */
  readonly first: number;
  readonly durationMs: number;
}

export async function burst({ connections, requests, first, durationMs }: BurstPlan): Promise<BurstFigures> {
  const latencies: number[] = [];
  let next = first;
  const start = performance.now();
  const drive = async (connection: Connection): Promise<void> => {
    for (let sent = performance.now(); sent - start < durationMs;) {
      const request = at(requests, next++);
      const response = await connection.exchange(request.bytes);
      const received = performance.now();
      latencies.push((received - sent) * 1000);
      check(response, request.expected);
      sent = performance.now();
    }
  };
  await Promise.all(connections.map(drive));
  const seconds = (performance.now() - start) / 1000;
  return { requests: latencies.length, seconds, p50Us: quantile(latencies, 0.5), p99Us: quantile(latencies, 0.99) };
}

function at(requests: readonly Prepared[], index: number): Prepared {
  const request = requests[index % requests.length];
  if (request === undefined) throw new Error('there is nothing to send');
  return request;
}

function check({ status, body }: Response, expected: readonly string[]): void {
  if (status === 200 && expected.every((text) => body.includes(text))) return;
  throw new Error(`wrong answer, HTTP ${status}: ${body.slice(0, 500)}; expected ${expected.join(' and ')}`);
}
