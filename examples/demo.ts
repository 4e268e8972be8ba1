/**
 * Shows what tenants see: starts the webhook on the demo cluster, sends it every review of examples/reviews/ over HTTPS as
 * the API server would, and prints the answers as kubectl does.
 *
 *     npm run demo
 *
 * Exits with 1 if an answer is not what the name of its file promises, and with 2 if there is no answer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf, readAnswer, readReview, type Answer, type Review } from './demo/admission.ts';
import { hookFor } from './demo/hooks.ts';
import { kubectlOutput } from './demo/kubectl.ts';
import { postReview } from './demo/post.ts';
import { brokenPromise, promiseOf } from './demo/promises.ts';
import { startDemoServer, type DemoServer } from './demo/server.ts';

const REVIEWS = join(import.meta.dirname, 'reviews');
const READY_WITHIN_MS = 60_000;

/** Resolves with the exit code. */
async function runDemo(print: (line: string) => void): Promise<number> {
  const server = await startDemoServer({ mode: 'enforce', readyWithinMs: READY_WITHIN_MS });
  try {
    print(`The webhook serves examples/demo-cluster/ on ${server.webhook.href} and enforces.`);
    let broken = 0;
    for (const fileName of readdirSync(REVIEWS).sort()) {
      const complaint = await showReview(server, fileName, print);
      if (complaint !== undefined) {
        broken += 1;
        print(`UNEXPECTED: ${complaint}`);
      }
    }
    print(
      broken === 0 ? '\nEvery answer is what its file promises.' : `\n${broken} answers are not what was promised.`,
    );
    return broken === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
}

/** Undefined where the answer is what the file's name promises, else what is wrong. */
async function showReview(
  server: DemoServer,
  fileName: string,
  print: (line: string) => void,
): Promise<string | undefined> {
  const { review, answer } = await ask(server, fileName);
  const findings = findingsOf(answer);
  print(`\n# ${fileName}`);
  for (const line of kubectlOutput({ fileName, hook: hookFor(review), review, answer })) print(line);
  const isSilent = answer.allowed && answer.warnings.length === 0;
  if (isSilent && findings.length > 0) print(`(recorded for the platform: ${findings.join(', ')})`);
  const promise = promiseOf(fileName);
  if (promise === undefined) return `the name of ${fileName} promises nothing`;
  return brokenPromise(promise, { allowed: answer.allowed, findings });
}

async function ask(
  server: DemoServer,
  fileName: string,
): Promise<{ readonly review: Review; readonly answer: Answer }> {
  const body = readFileSync(join(REVIEWS, fileName), 'utf8');
  const review = readReview(JSON.parse(body));
  if (!review.ok) throw new Error(`${fileName} ${review.error}`);
  const posted = await postReview(server.webhook, server.ca, body);
  if (posted.status !== 200) throw new Error(`${fileName}: HTTP ${posted.status}: ${posted.body}`);
  const answer = readAnswer(JSON.parse(posted.body));
  if (!answer.ok) throw new Error(`${fileName}: ${answer.error}`);
  return { review: review.value, answer: answer.value };
}

if (import.meta.main) {
  try {
    process.exitCode = await runDemo((line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
