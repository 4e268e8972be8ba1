import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAUSE, type Answer } from '../../../../src/checks/check.ts';
import { changeContextSteps } from '../../../../src/checks/context.ts';
import { denyContradiction } from '../../../../src/checks/deny-contradiction.ts';
import { repairOf } from '../../../../src/checks/deny-contradiction/repair.ts';
import { elementsOf, unitsOf, type Unit } from '../../../../src/checks/deny-contradiction/units.ts';
import { isPolicy } from '../../../../src/cilium/objects.ts';
import { rulesOf, type Rule } from '../../../../src/cilium/policy/rule.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { clusterwidePolicy, decoded, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { ENFORCE, findings, submit, submissionOf } from '../../../support/review.ts';

function list<Item>(length: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length }, (_, index) => make(index));
}

const prefix = (index: number): string => `10.${index >> 8}.${index & 255}.0/24`;
const port = (index: number): Json => ({ port: String(index + 1), protocol: 'TCP' });

/** A rule with so many peers and so many ports, which the API server takes in lists of 40. */
function wide(peers: number, ports: number): Json {
  const lists = list(Math.ceil(ports / 40), (index) =>
    list(Math.min(40, ports - index * 40), (offset) => port(index * 40 + offset)),
  );
  return { toCIDR: list(peers, prefix), toPorts: lists.map((some) => ({ ports: some })) };
}

function web(...egress: readonly Json[]): Json {
  return policy('team-a/web', { endpointSelector: {}, egress });
}

const denyElsewhere = { toCIDR: ['169.254.169.254/32'] };
const denyAll = { toCIDR: ['10.0.0.0/8'] };
const denyOnePort = { toCIDR: ['10.0.0.0/8'], toPorts: [{ ports: [port(6)] }] };

function storeDenying(rule: Json, ...more: readonly Json[]) {
  return storeWith([
    namespace('team-a'),
    pod('team-a/web-0', { app: 'web' }),
    clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [rule] }),
    ...more,
  ]);
}

/** All that the check answers, and the pauses before them: a measure of its work. */
function answersTo(rule: Json, after: Json, before?: Json) {
  const view = storeDenying(rule, ...(before === undefined ? [] : [before])).view();
  const submission = submissionOf(after, before === undefined ? {} : { before });
  const context = runToEnd(changeContextSteps(view, submission, ENFORCE));
  const answers: Exclude<Answer, typeof PAUSE>[] = [];
  let pauses = 0;
  for (const answer of denyContradiction.onChange?.(context) ?? []) {
    if (answer === PAUSE) pauses += 1;
    else answers.push(answer);
  }
  return { answers, pauses };
}

describe('a rule with 1,000 peers and 1,000 ports', () => {
  const million = web(wide(1_000, 1_000));

  test('is looked at peer by peer where no deny meets them', () => {
    const { answers, pauses } = answersTo(denyElsewhere, million);
    assert.deepEqual(answers, []);
    assert.ok(pauses < 3_000, `${pauses} pauses`);
  });

  test('is judged on the port that a deny is about', () => {
    const { answers, pauses } = answersTo(denyOnePort, million);
    assert.deepEqual(
      answers.map((answer) => ('id' in answer ? [answer.id, answer.facts] : answer)),
      list(1_000, () => ['dead-allow', { direction: 'egress', protocol: 'TCP', port: 7 }]),
    );
    assert.ok(pauses < 20_000, `${pauses} pauses`);
  });

  test('is judged as far as 5,000 units where denies meet more, and that is said', () => {
    const { answers, pauses } = answersTo(denyAll, million);
    const [first, ...rest] = answers;
    assert.ok(first !== undefined && 'unfinished' in first);
    assert.deepEqual([first.unfinished, first.path], ['size', 'spec.egress[0].toCIDR[5]']);
    assert.equal(rest.length, 5_000);
    assert.ok(pauses < 40_000, `${pauses} pauses`);
  });

  test('that comes again as it was is measured against its old form in bounded work', () => {
    const { answers, pauses } = answersTo(denyAll, million, million);
    assert.ok(answers.every((answer) => !('severity' in answer) || answer.severity === 'advice'));
    assert.ok(pauses < 40_000, `${pauses} pauses`);
  });

  test('does not hide a dead allow behind it', () => {
    const decision = submit(storeDenying(denyElsewhere), web(wide(100, 200), denyElsewhere));
    assert.deepEqual([decision.verdict, findings(decision, 'dead-allow').length], ['deny', 1]);
  });
});

for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
  test(`prefixes that only a deny at the other end could take do not hide a dead allow behind them (${version})`, () => {
    const isolated = clusterwidePolicy('isolated', {
      endpointSelector: {},
      ingressDeny: [{ fromEntities: ['world'] }, { fromEndpoints: [{}] }],
    });
    const denies = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [denyElsewhere] });
    const store = storeWith([namespace('team-a'), pod('team-a/web-0', { app: 'web' }), isolated, denies], version);
    const decision = submit(store, web({ toCIDR: list(5_001, prefix) }, denyElsewhere));
    assert.deepEqual([decision.verdict, findings(decision, 'dead-allow').length, decision.unknowns], ['deny', 1, []]);
  });
}

test('a dead prefix beside living ones that no deny meets is advice', () => {
  const decision = submit(storeDenying(denyElsewhere), web({ toCIDR: ['169.254.169.254/32', prefix(1)] }));
  assert.deepEqual(
    findings(decision, 'dead-allow').map(({ severity }) => severity),
    ['advice'],
  );
});

describe('an update is measured against its old form', () => {
  const alike = (count: number, ...more: readonly Json[]): Json =>
    web(...list(count, () => wide(1, 1)), { toEndpoints: [{ matchLabels: { app: 'db' } }] }, ...more);

  for (const [before, after, violations] of [
    [0, 2, 2],
    [2, 2, 0],
    [2, 3, 0],
    [3, 2, 0],
  ] as const) {
    test(`of ${before} equal dead rules, now ${after}: ${violations} violations`, () => {
      const { answers } = answersTo(denyAll, alike(after), alike(before));
      const severities = answers.map((answer) => ('severity' in answer ? answer.severity : 'unjudged'));
      assert.equal(severities.filter((severity) => severity === 'violation').length, violations);
    });
  }

  test('where denies meet more units of that than are looked at, nothing counts as new, and that is said', () => {
    const [old, next] = [
      web({ toCIDR: list(5_001, prefix) }),
      web({ toCIDR: [prefix(1)], toPorts: [{ ports: [port(6)] }] }),
    ];
    const { answers } = answersTo(denyOnePort, next, old);
    assert.deepEqual(
      answers.map((answer) => ('severity' in answer ? answer.severity : answer.unfinished)),
      ['size', 'advice'],
    );
  });

  test('of 1,500 dead prefixes that 1,500 others take the place of, in bounded work', () => {
    const [old, next] = [list(1_500, prefix), [...list(1_500, (index) => prefix(index + 1_500)), '10.99.0.0/16']];
    const { answers, pauses } = answersTo(denyAll, web({ toCIDR: next }), web({ toCIDR: old }));
    const said = Map.groupBy(answers, (answer) => ('severity' in answer ? answer.severity : answer.unfinished));
    assert.deepEqual(
      [said.get('violation')?.length, said.get('size')?.length, said.get('advice')?.length],
      [666, 1, 835],
    );
    assert.ok(pauses < 30_000, `${pauses} pauses`);
  });
});

/** Rules that count how often they are asked where they stand. */
function countingRules(raw: Json) {
  const written = decoded(raw);
  assert.ok(isPolicy(written));
  const view = storeDenying(denyElsewhere, raw).view();
  const counts = { reads: 0 };
  const rules = rulesOf(view.policy(written)).map((rule): Rule => {
    const { ref, ...rest } = rule;
    return {
      ...rest,
      get ref() {
        counts.reads += 1;
        return ref;
      },
    };
  });
  return { policy: written, rules, counts };
}

function unitsIn(rules: readonly Rule[]): ReadonlySet<Unit> {
  return new Set(
    [...elementsOf(rules).values()]
      .map(unitsOf)
      .flatMap(({ items, ports }) => items.flatMap((item) => ports.map((ranges) => ({ ...item, ranges })))),
  );
}

describe('the repair of a policy', () => {
  test('whose 3,000 rules are all dead looks at each a few times, and is told in words', () => {
    const { policy: written, rules, counts } = countingRules(web(...list(3_000, () => denyElsewhere)));
    const dead = unitsIn(rules);
    counts.reads = 0;
    const fix = runToEnd(repairOf({ policy: written, rules, dead }));
    assert.equal(fix?.kind, 'words');
    assert.match(fix.text, /^remove spec\.egress\[2999\], .* 2996 more$/);
    assert.ok(counts.reads < 30_000, `${counts.reads} reads`);
  });

  test('gives way to others between the rules that have dead units', () => {
    const { policy: written, rules } = countingRules(web(...list(100, () => denyElsewhere)));
    const steps = [...repairOf({ policy: written, rules, dead: unitsIn(rules) })];
    assert.equal(steps.length, 100);
  });
});
