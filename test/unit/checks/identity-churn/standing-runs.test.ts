/**
 * A CronJob is judged by what its runs will come to as well: an estimate, which denies nothing.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { audit } from '../../../../src/review/audit.ts';
import { identityIn } from '../../../support/churn.ts';
import { ciliumConfig, decoded, namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { finding, findings, settingsWith, submit } from '../../../support/review.ts';

const KEYS = ['batch.kubernetes.io/job-name', 'job-name'];
const WITHOUT_NAMES = ciliumConfig({ labels: String.raw`!job-name$ !batch\.kubernetes\.io/job-name$` });

function cronJob(path: string, schedule: string, spec: Json = {}): Json {
  const [inNamespace, name] = path.split('/');
  const template = { metadata: { labels: { app: 'job' } }, spec: { containers: [{ name: 'main' }] } };
  const jobTemplate = { spec: { template } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { namespace: inNamespace, name, uid: `uid-${path}` },
    spec: { schedule, jobTemplate, ...spec },
  };
}

describe('a CronJob of each minute', () => {
  const everyMinute = cronJob('ci/poll', '* * * * *');

  test('goes through, and the platform hears which labels make an identity of each run', () => {
    const decision = submit(storeWith([namespace('ci')]), everyMinute);
    assert.deepEqual([decision.verdict, decision.warnings], ['allow', []]);
    const { severity, audience, certainty, facts, message } = finding(decision, 'filter-gap');
    assert.deepEqual([severity, audience, certainty], ['advice', 'platform', 'estimate']);
    const entry = String.raw`!batch\.kubernetes\.io/job-name$ !job-name$`;
    assert.deepEqual(facts, { labels: KEYS, entry, identitiesSaved: 74 });
    assert.equal(
      message,
      'labels "batch.kubernetes.io/job-name" and "job-name" of poll come from a controller and make each run one more ' +
        'Cilium identity: its schedule would keep about 75 there, each up to 75 minutes; ' +
        'without them there would be about 74 fewer',
    );
  });

  test('is one identity where the label filter drops what tells its runs apart', () => {
    assert.deepEqual(submit(storeWith([namespace('ci'), WITHOUT_NAMES]), everyMinute).findings, []);
  });

  test('is told by the time that cilium-config gives an unused identity', () => {
    const short = ciliumConfig({ 'identity-heartbeat-timeout': '20m', 'identity-gc-interval': '10m' });
    const { message } = finding(submit(storeWith([namespace('ci'), short]), everyMinute), 'filter-gap');
    assert.match(message, /about 50 there, each up to 50 minutes/);
    const shorter = ciliumConfig({ 'identity-heartbeat-timeout': '10m', 'identity-gc-interval': '10m' });
    assert.deepEqual(submit(storeWith([namespace('ci'), shorter]), everyMinute).findings, []);
  });

  test('is nothing beside three times as many that are in use', () => {
    const running = Array.from({ length: 26 }, (_, index) => pod(`ci/p${index}`, { app: `a${index}` }));
    assert.deepEqual(submit(storeWith([namespace('ci'), ...running]), everyMinute).findings, []);
    assert.equal(
      findings(submit(storeWith([namespace('ci'), ...running.slice(1)]), everyMinute), 'filter-gap').length,
      1,
    );
  });
});

test('a schedule that nobody can read, and one of rare runs, are one identity', () => {
  for (const schedule of ['* * * *', '0 3 * * *', '*/5 * * * *']) {
    assert.deepEqual(submit(storeWith([namespace('ci')]), cronJob('ci/poll', schedule)).findings, [], schedule);
  }
});

test('a schedule that is too long to be read is counted as one of each minute at most, and says so', () => {
  const hidden = cronJob('ci/poll', `${'*,'.repeat(600)}* * * * *`);
  const { certainty, facts, message } = finding(submit(storeWith([namespace('ci')]), hidden), 'filter-gap');
  assert.deepEqual([certainty, facts['identitiesSaved']], ['upper-bound', 74]);
  assert.match(message, /its schedule \(too long to be read\) would keep at most 75 there, each up to 75 minutes; /);
  const settings = settingsWith('enforce', { identityBudget: 20 });
  const decision = submit(storeWith([namespace('ci')]), hidden, { settings });
  assert.equal(decision.verdict, 'allow');
  const budget = finding(decision, 'identity-budget');
  assert.deepEqual([budget.severity, budget.certainty, budget.denies], ['violation', 'upper-bound', false]);
  assert.match(
    budget.message,
    /^poll would bring at most 75 more Cilium identities by its schedule \(too long to be read\), as each run /,
  );
});

describe('the budget of a tenant', () => {
  /** Two in use, four in all. */
  const settings = settingsWith('enforce', { identityBudget: 2 });
  const store = storeWith([namespace('ci'), identityIn('ci', 900, { app: 'old' })]);

  test('is broken by runs that are still to come: told, and not denied', () => {
    const decision = submit(store, cronJob('ci/poll', '*/20 * * * *'), { settings });
    assert.equal(decision.verdict, 'allow');
    const { facts, message, certainty, severity } = finding(decision, 'identity-budget');
    assert.deepEqual([severity, certainty], ['violation', 'estimate']);
    assert.deepEqual(facts, { newIdentities: 4, identities: 1, budget: 4 });
    assert.equal(
      message,
      'poll would bring about 4 more Cilium identities by its schedule, as each run is one that stays up to 75 minutes: ' +
        'namespace ci has 1, unused ones included, of the 4 that it may have',
    );
  });

  test('is not broken by runs for which there is room', () => {
    assert.deepEqual(submit(store, cronJob('ci/poll', '*/30 * * * *'), { settings }).findings, []);
  });

  test('that one more identity breaks is denied by that', () => {
    const full = storeWith([
      namespace('ci'),
      ...[1, 2, 3, 4].map((id) => identityIn('ci', 900 + id, { app: `u${id}` })),
    ]);
    const decision = submit(full, cronJob('ci/poll', '*/20 * * * *'), { settings });
    assert.equal(decision.verdict, 'deny');
    const { certainty, facts } = finding(decision, 'identity-budget');
    assert.deepEqual([certainty, facts['newIdentities']], ['exact', 1]);
  });
});

describe('an operator that manages identities', () => {
  const managed = ciliumConfig({ 'identity-management-mode': 'operator' });
  const settings = settingsWith('enforce', { identityBudget: 1 });
  const brought = (spec: Json): unknown => {
    const store = storeWith([namespace('ci'), managed]);
    return findings(submit(store, cronJob('ci/poll', '0 3 * * *', spec), { settings }), 'identity-budget')[0]?.facts;
  };

  test('collects what a Job used from when the Job is deleted on', () => {
    const store = storeWith([namespace('ci'), managed]);
    const rare = submit(store, cronJob('ci/poll', '0 3 * * *'), { settings });
    assert.match(
      finding(rare, 'identity-budget').message,
      /^poll would bring about 4 more .* is one that stays up to 75 minutes after its Job is deleted: /,
    );
    const often = submit(store, cronJob('ci/poll', '* * * * *'));
    assert.match(
      finding(often, 'filter-gap').message,
      /about 75 there, each up to 75 minutes after its Job is deleted; /,
    );
  });

  test('keeps the identities of finished Jobs that are kept', () => {
    assert.deepEqual(brought({}), { newIdentities: 4, identities: 0, budget: 2 });
    assert.deepEqual(brought({ successfulJobsHistoryLimit: 2 }), { newIdentities: 3, identities: 0, budget: 2 });
    assert.equal(brought({ successfulJobsHistoryLimit: 0 }), undefined);
  });
});

describe('an audit', () => {
  const audited = (...objects: readonly Json[]) => {
    const { findings: all } = runToEnd(audit(storeWith([namespace('ci'), ...objects]).view(), settingsWith('audit')));
    return all.filter(({ id }) => id === 'filter-gap');
  };

  test('tells what the schedules of all CronJobs come to', () => {
    const [found, ...more] = audited(cronJob('ci/a', '*/2 * * * *'), cronJob('ci/b', '*/3 * * * *'));
    assert.deepEqual(more, []);
    assert.equal(found?.subject.name, 'a');
    assert.equal(found.facts['identitiesSaved'], 38 + 25 - 2);
    assert.match(found.message, /the schedules of 2 CronJobs would keep about 63 there, each up to 75 minutes/);
  });

  test('leaves out those that are suspended, and says nothing of a few', () => {
    const suspended = cronJob('ci/a', '* * * * *', { suspend: true });
    assert.deepEqual(audited(suspended, cronJob('ci/b', '*/3 * * * *')), []);
  });
});

test('a schedule is no text of a wrong shape', () => {
  assert.throws(() => decoded(cronJob('ci/poll', 7 as unknown as string)));
});
