/**
 * Which labels are said to keep changing, and which only name applications: everyday life of a namespace beyond its limits.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deployment, identityIn, unusedIdentities, workload } from '../../../support/churn.ts';
import { namespace, pod, storeWith } from '../../../support/objects.ts';
import type { JudgedFinding } from '../../../../src/review/results.ts';
import { finding, findings, submit } from '../../../support/review.ts';

type Strings = Readonly<Record<string, string>>;

interface Namespace {
  readonly unused: readonly Strings[];
  readonly running?: readonly Strings[];
}

/** One for each pair of numbers below these bounds. */
function each(first: number, second: number, labelsOf: (a: number, b: number) => Strings): readonly Strings[] {
  return Array.from({ length: first * second }, (_, index) => labelsOf(index % first, Math.floor(index / first)));
}

/** The labels of a chart as Helm makes them. */
function release(service: number, version: string): Strings {
  return {
    'app.kubernetes.io/name': `s${service}`,
    'app.kubernetes.io/instance': `s${service}`,
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/version': version,
    'helm.sh/chart': `s${service}-${version}`,
  };
}

const service = (index: number, version: string): Strings => ({ service: `s${index}`, version });

/** 60 services in their fourth version; three older ones wait for collection. */
const MONOREPO: Namespace = {
  unused: each(60, 3, (index, version) => service(index, `v${version}`)),
  running: each(60, 1, (index) => service(index, 'v3')),
};

const preview = (index: number, name: string): Strings => ({
  'app.kubernetes.io/name': `s${index}`,
  'app.kubernetes.io/instance': name,
});

/** So many of ten services were deleted. */
function previews(count: number): Namespace {
  return { unused: each(10, count, (index, number) => preview(index, `pr-${number}`)) };
}

const madeUp: Namespace = { unused: each(60, 1, (index) => ({ [`run-${index}`]: '' })) };

function store({ unused, running = [] }: Namespace) {
  return storeWith([
    namespace('ci'),
    ...unusedIdentities(unused.length, (index) => unused[index] ?? {}),
    ...running.flatMap((labels, index) => [
      identityIn('ci', 10_000 + index, labels),
      pod(`ci/running-${index}`, labels),
    ]),
  ]);
}

/** What is said to keep changing; none: admitted without a word. */
function blamed(inNamespace: Namespace, labels: Strings, kind = 'Deployment'): readonly string[] {
  const decision = submit(store(inNamespace), workload(kind, 'ci/x', labels));
  const [found] = findings(decision, 'label-churn');
  assert.equal(decision.verdict, found === undefined ? 'allow' : 'deny');
  return found === undefined ? [] : changing(found);
}

/** All labels that tell the identities apart, or those of which the message says it. */
function changing({ message, facts }: JudgedFinding): readonly string[] {
  const [, part] = /, of which (.*) keeps? changing$/.exec(message) ?? [];
  if (part === undefined) return facts['labels'] as readonly string[];
  return [...part.matchAll(/"([^"]*)"/g)].map(([, key = '']) => key);
}

const builds = (count: number): Namespace => ({
  unused: each(count, 1, (index) => ({ app: 'job', build: `b${index}` })),
});

describe('admitted', () => {
  const cases: readonly (readonly [string, Namespace, Strings])[] = [
    ['the first application beside one that changes its build id', builds(200), { app: 'web' }],
    ['such an application with a version that others had', builds(200), { app: 'web', build: 'b7' }],
    [
      'a chart of 60 services that is installed again in a new version',
      { unused: each(60, 1, (index) => release(index, '1.0')) },
      release(0, '1.1'),
    ],
    [
      'the same after three versions of it',
      { unused: each(60, 3, (index, version) => release(index, `1.${version}`)) },
      release(0, '1.9'),
    ],
    [
      'a service that is new in the chart, the first to be installed again',
      { unused: each(60, 1, (index) => release(index, '1.0')) },
      release(60, '1.1'),
    ],
    [
      'an application without the build id that all others change',
      { unused: each(10, 6, (index, build) => ({ service: `s${index}`, build: `s${index}-b${build}` })) },
      { service: 'new' },
    ],
    ['a new service of a monorepo', MONOREPO, service(60, 'v3')],
    ['a new service of a monorepo in a new version', MONOREPO, service(60, 'v4')],
    ['a service of a monorepo in a new version', MONOREPO, service(1, 'v4')],
    [
      'a service of a monorepo of which only the fifth has no older version',
      { ...MONOREPO, running: each(55, 1, (index) => service(index, 'v3')) },
      service(60, 'v3'),
    ],
    ['an application with a name beside pods of which each has a key of its own', madeUp, { app: 'web' }],
    [
      'the canary of an application of which others had canaries',
      { unused: each(40, 2, (index, track) => ({ service: `s${index}`, track: track === 0 ? 'stable' : 'canary' })) },
      { service: 's1', track: 'canary-2' },
    ],
    [
      'an application after 55 others were deleted, one for each student',
      { unused: each(55, 1, (index) => ({ app: `student-${index}` })) },
      { app: 'web' },
    ],
    ['a preview of ten services after ten were deleted', previews(10), preview(0, 'new')],
    [
      'a preview by a label that says nothing to others, after three were deleted',
      { unused: each(20, 3, (index, number) => ({ service: `s${index}`, preview: `pr-${number}` })) },
      { service: 's0', preview: 'new' },
    ],
    [
      'a shard of a database that is installed again in a new version',
      { unused: each(20, 6, (shard, index) => ({ db: `d${index}`, shard: `${shard}`, version: 'v1' })) },
      { db: 'd0', shard: '0', version: 'v2' },
    ],
  ];
  for (const [statement, inNamespace, labels] of cases) {
    test(statement, () => {
      assert.deepEqual(blamed(inNamespace, labels), []);
    });
  }
});

describe('denied', () => {
  const cases: readonly (readonly [string, Namespace, Strings, readonly string[]])[] = [
    ['one more build id', builds(60), { app: 'job', build: 'new' }, ['build']],
    ['a build id of an application that is new', builds(60), { app: 'web', build: 'new' }, ['build']],
    [
      'a build id beside applications that run',
      { ...builds(200), running: each(40, 1, (index) => ({ app: `a${index}` })) },
      { app: 'job', build: 'new' },
      ['build'],
    ],
    [
      'one more commit of a service, after each had ten',
      {
        unused: each(20, 10, (index, commit) => service(index, `c${commit}`)),
        running: each(20, 1, (index) => service(index, 'c10')),
      },
      service(3, 'c11'),
      ['version'],
    ],
    [
      'the same where none runs, and commits are of one service each',
      { unused: each(20, 10, (index, commit) => service(index, `s${index}-c${commit}`)) },
      service(3, 's3-c11'),
      ['version'],
    ],
    [
      'one more version of a chart, after each service had five: not the names of the services',
      { unused: each(60, 5, (index, version) => release(index, `1.${version}`)) },
      release(0, '1.9'),
      ['app.kubernetes.io/version', 'helm.sh/chart'],
    ],
    [
      'one more run of a task: not the tasks',
      {
        unused: each(12, 6, (task, run) => ({ dag_id: 'd', task_id: `t${task}`, run_id: `r${run}`, try_number: '1' })),
      },
      { dag_id: 'd', task_id: 't1', run_id: 'new', try_number: '1' },
      ['run_id'],
    ],
    [
      'a name of a run in a label of its own, where it is the only label',
      { unused: each(60, 1, (index) => ({ run: `r${index}` })) },
      { run: 'new' },
      ['run'],
    ],
    ['a key of its own for each pod, not the name beside it', madeUp, { app: 'web', 'run-new': '' }, ['run-new']],
    ['a preview after so many that no excuse holds', previews(60), preview(0, 'new'), ['app.kubernetes.io/instance']],
    [
      'a preview by a label that says nothing to others, after five were deleted',
      { unused: each(20, 5, (index, number) => ({ service: `s${index}`, preview: `pr-${number}` })) },
      { service: 's0', preview: 'new' },
      ['preview'],
    ],
    [
      'names of applications, of which nobody has so many',
      { unused: each(600, 1, (index) => ({ app: `build-${index}`, team: 'x' })) },
      { app: 'build-new', team: 'x' },
      ['app'],
    ],
    [
      'old values in ever new pairs, beyond ten times the limit',
      { unused: each(300, 2, (index, odd) => ({ a: `a${index}`, b: `b${index + odd}` })) },
      { a: 'a7', b: 'b200' },
      ['a', 'b'],
    ],
  ];
  for (const [statement, inNamespace, labels, churning] of cases) {
    test(statement, () => {
      assert.deepEqual(blamed(inNamespace, labels), churning);
    });
  }

  test('a build id for each Job, not the name of the Job', () => {
    const unused = each(60, 1, (index) => ({ app: 'job', build: `b${index}`, 'job-name': `j${index}` }));
    assert.deepEqual(blamed({ unused }, { app: 'job', build: 'new' }, 'Job'), ['build']);
  });

  test('a commit for each rollout of a deployment', () => {
    const before = deployment('ci/x', { app: 'web', commit: 'c60' });
    const unused = each(60, 1, (index) => ({ app: 'web', commit: `c${index}` }));
    const after = deployment('ci/x', { app: 'web', commit: 'c61' });
    const decision = submit(store({ unused, running: [{ app: 'web', commit: 'c60' }] }), after, { before });
    assert.equal(decision.verdict, 'deny');
    assert.deepEqual(changing(finding(decision, 'label-churn')), ['commit']);
  });
});

/** What is said to keep changing where a Deployment that runs goes from the first labels to the second. */
function blamedOnUpdate(inNamespace: Namespace, from: Strings, to: Strings): readonly string[] {
  const decision = submit(store(inNamespace), deployment('ci/x', to), { before: deployment('ci/x', from) });
  const [found] = findings(decision, 'label-churn');
  return found === undefined ? [] : changing(found);
}

describe('on an update, the labels that stay tell the applications apart', () => {
  const charts: Namespace = {
    unused: each(17, 3, (index, version) => ({ name: `s${index}`, chart: `s${index}-1.${version}` })),
    running: each(17, 1, (index) => ({ name: `s${index}`, chart: `s${index}-1.3` })),
  };

  test('a service whose chart had three versions gets a fourth', () => {
    assert.deepEqual(blamedOnUpdate(charts, { name: 's1', chart: 's1-1.3' }, { name: 's1', chart: 's1-1.4' }), []);
  });

  test('the only one left of 60 applications is upgraded', () => {
    const inNamespace = {
      unused: each(60, 1, (index) => ({ app: `a${index}`, version: `a${index}-v1` })),
      running: [{ app: 'a0', version: 'a0-v1' }],
    };
    assert.deepEqual(blamedOnUpdate(inNamespace, { app: 'a0', version: 'a0-v1' }, { app: 'a0', version: 'a0-v2' }), []);
  });

  test('the eleventh version of each of 20 services is one too many, though they share the values', () => {
    const inNamespace = {
      unused: each(20, 10, (index, version) => ({ service: `s${index}`, version: `v${version}` })),
      running: each(20, 1, (index) => ({ service: `s${index}`, version: 'v10' })),
    };
    assert.deepEqual(
      blamedOnUpdate(inNamespace, { service: 's1', version: 'v10' }, { service: 's1', version: 'v11' }),
      ['version'],
    );
  });

  test('two labels that change in turn hide behind each other from nobody', () => {
    const inNamespace = {
      unused: each(60, 1, (index) => ({ team: 'x', a: `a${Math.ceil(index / 2)}`, b: `b${Math.floor(index / 2)}` })),
      running: [{ team: 'x', a: 'a30', b: 'b29' }],
    };
    assert.deepEqual(
      blamedOnUpdate(inNamespace, { team: 'x', a: 'a30', b: 'b29' }, { team: 'x', a: 'a30', b: 'b30' }),
      ['b'],
    );
  });
});
