/**
 * Stories: each folder of golden/commands/ is a command line and its answer (support/golden-command.ts says how).
 *
 * `UPDATE_GOLDEN=1` writes the answers; read the diff then. The objects of a `check` also go through a webhook over TLS,
 * which must come to the same verdicts, warnings, findings and causes.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { oneLine } from '../src/plain-text.ts';
import { outcomeOf, stories, type Outcome, type Story } from './support/golden-command.ts';
import { isToldAtAdmission } from './support/told-at-admission.ts';
import { answersOverTheWire, type WireAnswer } from './support/story-webhook.ts';

const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const BAD_INPUT = 2;

interface Decision {
  readonly verdict: 'allow' | 'deny';
  readonly findings: readonly {
    readonly check: string;
    readonly id: string;
    readonly facts: Readonly<Record<string, unknown>>;
    readonly severity: string;
    readonly field?: string;
    readonly message: string;
  }[];
  readonly warnings: readonly string[];
}

describe('a command', () => {
  for (const story of stories()) {
    test(story.statement, async (t) => {
      const outcome = await outcomeOf(story);
      if (outcome.exitCode === BAD_INPUT) assertOneComplaint(outcome);
      assertGolden(story, outcome);
      if (isJudged(story, outcome))
        await t.test('and the webhook judges the same', (inner) => assertWebhookAgrees(inner, story));
    });
  }
});

/** Neither the help of `check`, nor what cannot be read. */
function isJudged({ argv }: Story, { exitCode }: Outcome): boolean {
  return argv[0] === 'check' && argv.includes('-f') && exitCode !== BAD_INPUT;
}

async function assertWebhookAgrees(t: TestContext, story: Story): Promise<void> {
  const checked = await outcomeOf(story, ['-o', 'json']);
  const { decisions } = JSON.parse(checked.stdout) as { readonly decisions: readonly Decision[] };
  const answers = await answersOverTheWire(t, story);
  assert.equal(answers.length, decisions.length);
  for (const [index, decision] of decisions.entries()) assertSame(answers[index], decision);
}

function assertGolden({ folder }: Story, { stdout, stderr, exitCode }: Outcome): void {
  const texts = { stdout, stderr, 'exit-code': `${exitCode}\n` };
  for (const [name, actual] of Object.entries(texts)) {
    const file = join(folder, name);
    if (UPDATE) writeFileSync(file, actual);
    assert.equal(actual, readFileSync(file, 'utf8'), `${name} differs`);
  }
}

/** What is wrong with the input is told on stderr, a sentence for each fault; no result is printed beside it. */
function assertOneComplaint({ stdout, stderr }: Outcome): void {
  assert.equal(stdout, '');
  assert.match(stderr, /^(?:error: [^\n]+\n)+(?:\(--help tells more\)\n)?$/);
  assert.doesNotMatch(stderr, /\n {4}at /, 'shows where in the program it came about');
}

function isUnknown({ reason }: WireAnswer['causes'][number]): boolean {
  return reason === 'unknown';
}

function assertSame(answer: WireAnswer | undefined, { verdict, findings: checked, warnings }: Decision): void {
  const findings = checked.filter(isToldAtAdmission);
  assert.ok(answer !== undefined);
  const { causes } = answer;
  const told = findings.map(({ id, field = '', message }) => ({ reason: id, field, message: oneLine(message, 512) }));
  const isCause = (cause: (typeof told)[number]): boolean => causes.some((other) => isDeepStrictEqual(cause, other));
  assert.equal(answer.allowed, verdict === 'allow');
  assert.deepEqual(answer.warnings, warnings);
  assert.equal(answer.findings, [...new Set(findings.map(({ id }) => id))].join(','));
  // What is for the platform is no cause; the others are told in the order of the findings, then what could not be judged.
  const [unknown, ofFindings] = [causes.filter(isUnknown), causes.filter((cause) => !isUnknown(cause))];
  assert.deepEqual(ofFindings, told.filter(isCause));
  assert.ok(answer.allowed || ofFindings.length + unknown.length > 0, 'a denial gives no cause');
  const violations = verdict === 'allow' ? [] : told.filter((_, index) => findings[index]?.severity === 'violation');
  assert.ok(violations.every(isCause), 'a violation is missing from the causes');
}
