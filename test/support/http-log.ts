/**
 * A logger whose lines a test can read, and a metrics registry whose samples it can.
 */
import { createLogger } from '../../src/log.ts';
import type { Logger, LogLevel } from '../../src/log.ts';
import type { Metrics } from '../../src/server/metrics.ts';

export interface ReadableLog {
  readonly log: Logger;
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
}

export function readableLog(level: LogLevel = 'debug'): ReadableLog {
  const written: string[] = [];
  const log = createLogger({ level, destination: { write: (line) => void written.push(line) } });
  return { log, lines: () => written.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>) };
}

/** The value of one sample, named as Prometheus prints it: `name{label="value"}`. Absent: 0. */
export async function sample(metrics: Pick<Metrics, 'exposition'>, name: string): Promise<number> {
  const { text } = await metrics.exposition();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}
