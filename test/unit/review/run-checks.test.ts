import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAUSE, type Answer, type Finding, type Pause } from '../../../src/checks/check.ts';
import type { Check } from '../../../src/checks/context.ts';
import { runChecks, type CheckRun, type RunOptions } from '../../../src/review/run-checks.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { runGivingWay } from '../../../src/review/run.ts';

const check: Check = { id: 'reserved-labels', kinds: ['Pod'] };

const found: Finding = {
  id: 'reserved-labels',
  severity: 'advice',
  certainty: 'exact',
  subject: { kind: 'Pod', namespace: 'a', name: 'p' },
  audience: 'author',
  facts: { reason: 'reserved-name', label: 'world' },
  causes: [],
  proposals: [],
};

const violation: Finding = { ...found, severity: 'violation' };

function advice(length: number): readonly Finding[] {
  return Array.from({ length }, () => found);
}

const options: RunOptions = { expired: () => false, onFault: () => assert.fail('no fault is expected') };

function run(answers: Iterable<Answer>): CheckRun {
  return { check, answers };
}

describe('a run of the checks', () => {
  test('collects findings and what could not be judged', () => {
    const judgement = runToEnd(
      runChecks([run([found, PAUSE, { kind: 'unjudged', reason: 'why', path: 'spec' }])], options),
    );
    assert.deepEqual(judgement.findings, [found]);
    assert.deepEqual(judgement.unknowns, [{ reason: 'why', path: 'spec' }]);
  });

  test('stops a check at its cap of violations, and says so', () => {
    function* endless(): Iterable<Answer> {
      for (;;) yield violation;
    }
    const { findings, unknowns } = runToEnd(runChecks([run(endless())], options));
    assert.equal(findings.length, 200);
    assert.deepEqual(unknowns, [
      { reason: 'reserved-labels was not finished: more than 200 violations', unfinished: 'size' },
    ]);
  });

  test('finds the violation behind 10,000 pieces of advice, keeps 200 of those, and says how many it left out', () => {
    const { findings, unknowns } = runToEnd(runChecks([run([...advice(10_000), violation])], options));
    assert.equal(findings.length, 201);
    assert.equal(findings.at(-1), violation);
    assert.deepEqual(unknowns, [
      { reason: 'reserved-labels gave more advice than is listed: 9800 more', unfinished: 'list' },
    ]);
  });

  test('leaves nothing out where a check gives just as much as is listed', () => {
    const { findings, unknowns } = runToEnd(runChecks([run(advice(200))], options));
    assert.deepEqual([findings.length, unknowns], [200, []]);
  });

  test('gives each check a share of its own: one that is full takes nothing from the next', () => {
    const violations = Array.from({ length: 300 }, () => violation);
    const { findings } = runToEnd(runChecks([run([...advice(300), ...violations]), run([found, violation])], options));
    assert.equal(findings.length, 402);
    assert.deepEqual(findings.slice(-2), [found, violation]);
  });

  test('says that something was left out however much else could not be judged', () => {
    const unjudged = Array.from({ length: 80 }, (): Answer => ({ kind: 'unjudged', reason: 'why' }));
    const { unknowns } = runToEnd(runChecks([run([...unjudged, ...advice(201)])], options));
    assert.deepEqual([unknowns.length, unknowns.at(-1)?.unfinished], [51, 'list']);
  });

  test('stops at the deadline: what was not finished is unknown', () => {
    let answered = 0;
    function* endless(): Iterable<Answer> {
      for (;;) {
        answered += 1;
        yield PAUSE;
      }
    }
    const { findings, unknowns } = runToEnd(
      runChecks([run(endless()), run([found])], { ...options, expired: () => answered > 5 }),
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(
      unknowns.map(({ reason }) => reason),
      Array.from({ length: 2 }, () => 'reserved-labels was not finished: the time was up'),
    );
  });

  test('a check that throws is reported, is unknown, and takes no other check with it', () => {
    const fault = new Error('broken promise');
    function* broken(): Iterable<Answer> {
      yield PAUSE;
      throw fault;
    }
    const faults: unknown[] = [];
    const onFault = (id: string, error: unknown): void => void faults.push([id, error]);
    const { findings, unknowns } = runToEnd(runChecks([run(broken()), run([found])], { ...options, onFault }));
    assert.deepEqual(faults, [['reserved-labels', fault]]);
    assert.deepEqual(findings, [found]);
    assert.equal(unknowns.length, 1);
    assert.doesNotMatch(unknowns[0]?.reason ?? '', /broken promise/);
  });
});

test('a review gives way at its pauses when it is asked to', async () => {
  const order: string[] = [];
  function* review(): Generator<Pause, string> {
    yield PAUSE;
    order.push('review');
    return 'done';
  }
  const giveWay = (): Promise<void> => Promise.resolve().then(() => void order.push('others'));
  assert.equal(await runGivingWay(review(), giveWay), 'done');
  assert.deepEqual(order, ['others', 'review']);
});
