/**
 * Answers conformance cases: NDJSON on stdin, one answer a line on stdout, in order; never stops early.
 *
 *     npm run -s conformance:answer < cases.ndjson
 *
 * A line that cannot be answered gets `{"error": "..."}`, an empty one nothing; asked-case.ts has the form of a case.
 */
import { once } from 'node:events';
import { FORM, readCase, type AskedCase } from './asked-case.ts';
import { answerIdentityQuestion } from './identity-answer.ts';
import { answerMap } from './map-answer.ts';
import { answerSanitize } from './sanitize-answer.ts';

const USAGE = `Answers conformance cases: NDJSON on stdin, one answer a line on stdout, in order.

  npm run -s conformance:answer < cases.ndjson

A case is ${FORM}.
A line that cannot be answered gets {"error": "..."}; an empty line gets none.
Policies are objects as kubectl prints them; the subject is whose policy map it is. A small world:

  {"cilium": "1.20.2", "op": "map", "world": {"identities": [{"id": 1001, "labels": {"k8s:app": "web", "k8s:io.kubernetes.pod.namespace": "shop"}}], "policies": [], "subject": 1001}}

What questions and worlds hold: docs/fidelity.md, and the recorded ones in test/conformance/.
`;

/** One line in, one answer out; whatever goes wrong is the answer. */
export function answerLine(line: string): object {
  try {
    const asked = readCase(line);
    return asked.ok ? answerCase(asked.value) : { error: asked.error };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function answerCase(asked: AskedCase): object {
  switch (asked.op) {
    case 'map':
      return answerMap(asked.cilium, asked.world);
    case 'sanitize':
      return answerSanitize(asked.cilium, asked.question);
    case 'identity':
    case 'filter':
    case 'reserved':
      return answerIdentityQuestion(asked.cilium, asked.question);
  }
}

async function main(words: readonly string[]): Promise<void> {
  if (words.length > 0) {
    const isHelp = words.includes('--help') || words.includes('-h');
    (isHelp ? process.stdout : process.stderr).write(USAGE);
    process.exitCode = isHelp ? 0 : 2;
    return;
  }
  for await (const line of linesOf(process.stdin.setEncoding('utf8'))) {
    if (line.trim() === '') continue;
    if (!process.stdout.write(`${JSON.stringify(answerLine(line))}\n`)) await once(process.stdout, 'drain');
  }
}

/** A line ends at a line feed alone: what else Unicode has may stand in a text of JSON. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n');
    rest += first;
    for (const line of others) {
      yield rest;
      rest = line;
    }
  }
  yield rest;
}

if (import.meta.main) await main(process.argv.slice(2));
