/**
 * A burst: every connection asks for a while, as fast as it is answered or at a pace, and every answer is checked.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
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
  /** All connections together; Infinity: each as fast as it is answered. */
  readonly perSecond: number;
}

export async function burst(plan: BurstPlan): Promise<BurstFigures> {
  const { connections, requests, first, durationMs, perSecond } = plan;
  const latencies: number[] = [];
  let next = first;
  const start = performance.now();
  const drive = async (connection: Connection, index: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      await until(start + ((turn * connections.length + index) * 1000) / perSecond);
      const sent = performance.now();
      if (sent - start >= durationMs) return;
      const request = at(requests, next++);
      const response = await connection.exchange(request.bytes);
      latencies.push((performance.now() - sent) * 1000);
      check(response, request.expected);
    }
  };
  await Promise.all(connections.map(drive));
  const seconds = (performance.now() - start) / 1000;
  return { requests: latencies.length, seconds, p50Us: quantile(latencies, 0.5), p99Us: quantile(latencies, 0.99) };
}

/** To the millisecond. Returns at once where the time is past. */
async function until(timeMs: number): Promise<void> {
  const left = timeMs - performance.now();
  if (left > 0) await delay(left);
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
