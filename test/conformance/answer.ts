/**
 * Answers conformance cases: NDJSON on stdin, one answer a line on stdout, in order; never stops early.
 *
 *     npm run -s conformance:answer < cases.ndjson
 *
 * A case is `{"cilium": "1.20.2", "op": "identity" | "filter" | "reserved", "question": {...}}` or
 * `{"cilium": "1.20.2", "op": "map", "world": {...}}`. A line that cannot be answered gets `{"error": "..."}`.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { answerIdentityQuestion, type Question } from './identity-answer.ts';
import { answerMap } from './map-answer.ts';
import { readWorld } from './world.ts';

interface Case {
  readonly cilium: string;
  readonly op: string;
  readonly question?: object;
  readonly world?: unknown;
}

/** One line in, one answer out; whatever goes wrong is the answer. */
export function answerLine(line: string): object {
  try {
    return answerCase(JSON.parse(line) as Case);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function answerCase({ cilium, op, question, world }: Case): object {
  switch (op) {
    case 'map':
      return answerMap(cilium, readWorld(world));
    case 'identity':
    case 'filter':
    case 'reserved':
      return answerIdentityQuestion(cilium, { ...question, op } as Question);
    default:
      return { error: `not covered: op "${op}"` };
  }
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    if (!process.stdout.write(`${JSON.stringify(answerLine(line))}\n`)) await once(process.stdout, 'drain');
  }
}

if (import.meta.main) await main();
