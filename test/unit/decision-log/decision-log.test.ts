import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { Ajv } from 'ajv';
import { DecisionLog, type DropReason } from '../../../src/decision-log/decision-log.ts';
import { findDecision } from '../../../src/decision-log/find-decision.ts';
import { decisionLine, LONGEST_LINE, type DecidedReview } from '../../../src/decision-log/decision-line.ts';
import { FaultLog } from '../../../src/server/fault-log.ts';
import { temporaryFolder } from '../../support/http-certificates.ts';
import { readableLog } from '../../support/http-log.ts';
import { decision, finding } from '../reports/results.ts';

interface Opened {
  readonly log: DecisionLog;
  readonly file: string;
  readonly dropped: { readonly lines: number; readonly reason: DropReason }[];
  readonly told: ReturnType<typeof readableLog>['lines'];
}

async function opened(
  t: TestContext,
  over: { readonly maxWaiting?: number; readonly content?: string } = {},
): Promise<Opened> {
  const file = join(await temporaryFolder(t), 'decisions.ndjson');
  if (over.content !== undefined) await writeFile(file, over.content);
  const { log: faultLines, lines: told } = readableLog();
  const dropped: Opened['dropped'] = [];
  const log = await DecisionLog.open({
    file,
    faults: new FaultLog({ log: faultLines, clock: () => 0 }),
    onDropped: (lines, reason) => void dropped.push({ lines, reason }),
    ...(over.maxWaiting === undefined ? {} : { maxWaiting: over.maxWaiting }),
  });
  return { log, file, dropped, told };
}

function review(parts: Partial<DecidedReview> = {}): DecidedReview {
  return {
    id: 'decision-1',
    time: 0,
    object: { apiVersion: 'v1', kind: 'Pod', namespace: 'team-a', name: 'web-0' },
    operation: 'CREATE',
    dryRun: false,
    user: 'alice',
    decision: decision(),
    isLate: false,
    modelAgeSeconds: 3,
    settings: 'abc',
    ...parts,
  };
}

describe('the decision log', () => {
  test('holds every line in order, in a file that others may not read', async (t) => {
    const { log, file, dropped } = await opened(t);
    const lines = Array.from({ length: 500 }, (_, index) => `{"n":${index}}`);
    for (const line of lines) log.append(line);
    await log.close();
    assert.equal(await readFile(file, 'utf8'), `${lines.join('\n')}\n`);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(dropped, []);
  });

  test('drops what does not fit the queue, counts it, and says so once, and that it works again', async (t) => {
    const { log, file, dropped, told } = await opened(t, { maxWaiting: 20 });
    for (const line of ['first-line', 'second-one', 'too-much-1', 'too-much-2']) log.append(line);
    await log.close();
    assert.equal(await readFile(file, 'utf8'), 'first-line\nsecond-one\n');
    assert.deepEqual(
      dropped,
      Array.from({ length: 2 }, () => ({ lines: 1, reason: 'queue-full' })),
    );
    assert.deepEqual(
      told().map(({ level, dropped: lost }) => [level, lost]),
      [
        ['error', undefined],
        ['warn', 2],
      ],
    );
  });

  test('goes on in a new file once its file was renamed', async (t) => {
    const { log, file } = await opened(t);
    log.append('before');
    await settled(file, 'before\n');
    await rename(file, `${file}.1`);
    log.append('after');
    await log.close();
    assert.equal(await readFile(`${file}.1`, 'utf8'), 'before\n');
    assert.equal(await readFile(file, 'utf8'), 'after\n');
  });

  test('that cannot be written is no fault of a decision: lines are counted, and one line says so', async (t) => {
    const { log, file, dropped, told } = await opened(t);
    await rename(file, `${file}.1`);
    await mkdir(file);
    log.append('one');
    await turns();
    log.append('two');
    await log.close();
    assert.deepEqual(
      dropped.map(({ reason }) => reason),
      ['write-failed', 'write-failed'],
    );
    assert.equal(told().length, 1);
  });

  test('ends a line that was cut in half before the next one', async (t) => {
    const { log, file } = await opened(t, { content: '{"half' });
    log.append(decisionLine(review()));
    await log.close();
    const found = await findDecision(file, 'decision-1');
    assert.ok(found.ok);
    assert.equal(found.value.decision?.user, 'alice');
    assert.deepEqual(found.value.badLines, [{ line: 1, reason: 'is no JSON' }]);
  });

  test('is not opened where a pipe or a device has its name', async () => {
    const options = { faults: { record: () => undefined, warn: () => undefined }, onDropped: () => undefined };
    await assert.rejects(DecisionLog.open({ file: '/dev/null', ...options }), /is no regular file/);
  });
});

/** Waits until the file says so, without a clock. */
async function settled(file: string, text: string): Promise<void> {
  while ((await readFile(file, 'utf8')) !== text) await turns();
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await stat('.');
}

function schema(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as object;
}

const VALIDATE = new Ajv({ strict: true, schemas: [schema('finding')] }).compile(schema('decision-record'));

describe('a line of the decision log', () => {
  test('is as its schema says, and its keys stand in the order of the schema', () => {
    const full = decision({
      verdict: 'deny',
      findings: [finding({ exemption: 'restore', mode: 'enforce', field: 'metadata.labels' })],
      warnings: ['one'],
      unknowns: [{ reason: 'not known' }],
      replayMismatches: [{ finding: 'dead-allow', detail: 'they differ' }],
    });
    for (const each of [review(), review({ decision: full, subresource: 'status', isLate: true, dryRun: true })]) {
      const line: unknown = JSON.parse(decisionLine(each));
      assert.ok(VALIDATE(line), JSON.stringify(VALIDATE.errors));
      const keys = Object.keys(line as object);
      const { properties } = schema('decision-record') as { readonly properties: object };
      assert.deepEqual(
        keys,
        Object.keys(properties).filter((key) => keys.includes(key)),
      );
    }
  });

  test('is bounded, and says how much is left out', () => {
    const findings = Array.from({ length: 5_000 }, (_, index) =>
      finding({ message: `number ${index}, ${'x'.repeat(200)}` }),
    );
    const line = decisionLine(
      review({ user: '\u202e"'.repeat(5_000), decision: decision({ findings, warnings: ['w'] }) }),
    );
    const parsed = JSON.parse(line) as { readonly findings: readonly unknown[]; readonly leftOut: number };
    assert.ok(line.length <= LONGEST_LINE, `${line.length} characters`);
    assert.ok(parsed.findings.length > 100);
    assert.equal(parsed.leftOut, 5_001 - parsed.findings.length);
  });

  test('says what the API server was answered where the decision came too late', () => {
    const late = JSON.parse(decisionLine(review({ isLate: true, decision: decision({ verdict: 'deny' }) }))) as object;
    assert.partialDeepStrictEqual(late, { verdict: 'allow', late: true });
  });

  test('holds no character that cannot be seen', () => {
    assert.match(decisionLine(review({ decision: decision({ warnings: ['\u202e\u2028'] }) })), /\\u202e\\u2028/);
  });
});

describe('looking a decision up', () => {
  test('skips lines that are none, with their numbers and reasons', async (t) => {
    const file = join(await temporaryFolder(t), 'log');
    const bad = ['nonsense', '[]', '{}', '{"kind":"DecisionRecord","id":7}', '', 'x'.repeat(4 * LONGEST_LINE)];
    await writeFile(file, [...bad, decisionLine(review())].join('\n'));
    const found = await findDecision(file, 'decision-1');
    assert.ok(found.ok);
    assert.equal(found.value.decision?.id, 'decision-1');
    assert.deepEqual(
      found.value.badLines.map(({ line }) => line),
      [1, 2, 3, 4, 6],
    );
    assert.equal(found.value.badLineCount, 5);
    assert.match(found.value.badLines[3]?.reason ?? '', /^id must be a string/);
  });

  test('reads a packed log, and takes the last of two with one id', async (t) => {
    const file = join(await temporaryFolder(t), 'log.gz');
    const lines = ['alice', 'bob'].map((user) => decisionLine(review({ user })));
    await writeFile(file, gzipSync(lines.join('\n')));
    const found = await findDecision(file, 'decision-1');
    assert.ok(found.ok);
    assert.equal(found.value.decision?.user, 'bob');
    const other = await findDecision(file, 'another');
    assert.ok(other.ok);
    assert.equal(other.value.decision, undefined);
  });
});
