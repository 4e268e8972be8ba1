import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import { admit } from '../../../../src/review/admit.ts';
import {
  buildIds,
  churnyObjects,
  churnyStore,
  deployment,
  identityIn,
  job,
  ownerRef,
  replicaSet,
  unusedIdentities,
  workload,
} from '../../../support/churn.ts';
import {
  ciliumConfig,
  decoded,
  namespace,
  pod,
  policy,
  storeWith,
  version,
  type Json,
} from '../../../support/objects.ts';
import { countedView } from '../../../support/counted-view.ts';
import { ENFORCE, finding, findings, submit, submissionOf } from '../../../support/review.ts';

const CHANGING = { app: 'job', 'build-id': 'new' };

describe('a violation', () => {
  test('a workload whose changing label mints one more identity is denied, with the label and the numbers', () => {
    const decision = submit(churnyStore(), deployment('ci/runner', CHANGING));
    assert.equal(decision.verdict, 'deny');
    const { facts, field, certainty } = finding(decision, 'label-churn');
    assert.deepEqual(facts, { labels: ['build-id'], unused: 60, inUse: 1, nearestIdentity: 900 });
    assert.equal(field, 'spec.template.metadata.labels');
    assert.equal(certainty, 'exact');
  });

  test('so is a pod that nobody owns', () => {
    assert.equal(submit(churnyStore(), pod('ci/x', CHANGING)).verdict, 'deny');
  });

  for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet']) {
    test(`so is a ${kind} of no replicas: nobody is asked again when it is scaled up`, () => {
      const decision = submit(churnyStore(), workload(kind, 'ci/runner', CHANGING, { replicas: 0 }));
      assert.equal(decision.verdict, 'deny');
      assert.deepEqual(finding(decision, 'label-churn').facts['labels'], ['build-id']);
    });
  }

  test('so is a new template of a workload that is scaled to nothing', () => {
    const before = deployment('ci/runner', { app: 'job', 'build-id': 'running' }, 0);
    const decision = submit(churnyStore(before), deployment('ci/runner', CHANGING, 0), { before });
    assert.equal(decision.verdict, 'deny');
  });

  test('no revision of no replicas can be stored first, for its deployment to go back to', () => {
    const before = deployment('ci/runner', { app: 'job', 'build-id': 'running' });
    const revision = workload('ReplicaSet', 'ci/runner-1', CHANGING, {
      owners: [ownerRef('Deployment', 'ci/runner')],
      replicas: 0,
    });
    assert.equal(submit(churnyStore(before), revision).verdict, 'deny');
  });

  test('its fix leads to a workload that is admitted', () => {
    const store = churnyStore();
    const raw = deployment('ci/runner', CHANGING);
    const { fix } = finding(submit(store, raw), 'label-churn');
    assert.ok(fix?.kind === 'patch');
    const revised = submissionOf(raw).revise(fix.patch);
    assert.ok(revised.ok);
    assert.deepEqual(submit(store, deployment('ci/runner', { app: 'job' })).findings, []);
  });

  test('keys that change together are named together', () => {
    const task = (index: number) => ({ app: 'job', dag_id: 'd', run_id: `r${index}`, task_id: `t${index}` });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, task)]);
    const { facts } = finding(submit(store, pod('ci/x', task(999))), 'label-churn');
    assert.deepEqual(facts['labels'], ['run_id', 'task_id']);
  });

  describe('of labels that a tool writes says who does, and what helps', () => {
    const fixOf = (labels: (run: number) => Readonly<Record<string, string>>) => {
      const store = storeWith([namespace('ci'), ...unusedIdentities(60, labels)]);
      return finding(submit(store, pod('ci/x', labels(999))), 'label-churn').fix;
    };
    const cases = [
      {
        name: 'Airflow',
        labels: (run: number) => ({ kubernetes_executor: 'True', dag_id: 'd', run_id: `r${run}` }),
        text: '"run_id" is written by Airflow: ask the platform team to exclude it in "labels" of cilium-config',
      },
      {
        name: 'Spark, by a setting',
        labels: (run: number) => ({ 'spark-role': 'driver', 'spark-app-name': `sales-${run}` }),
        text: 'give spark.app.name a value that does not change, as Spark writes "spark-app-name" from it',
      },
      {
        name: 'Tekton',
        labels: (run: number) => ({ 'tekton.dev/pipelineRun': `p${run}`, 'tekton.dev/taskRun': `t${run}` }),
        text: '"tekton.dev/pipelineRun" and "tekton.dev/taskRun" are written by Tekton: ask the platform team to exclude them in "labels" of cilium-config',
      },
      {
        name: 'Argo Workflows, beside one of the author',
        labels: (run: number) => ({ 'workflows.argoproj.io/workflow': `w${run}`, commit: `c${run}` }),
        text: 'move "commit" to an annotation; "workflows.argoproj.io/workflow" is written by Argo Workflows: ask the platform team to exclude it in "labels" of cilium-config',
      },
    ];
    for (const { name, labels, text } of cases) {
      test(name, () => {
        assert.deepEqual(fixOf(labels), { kind: 'words', text: `${text}; all such pods would share one identity` });
      });
    }

    test("a key that anybody may use is the author's where nothing tells of a tool", () => {
      assert.equal(fixOf((run) => ({ app: 'job', run_id: `r${run}` }))?.kind, 'patch');
    });
  });

  test('keys that churn only together are named together, and those that need not go stay', () => {
    const task = (index: number) => ({
      app: 'job',
      dag_id: `d${index % 3}`,
      run_id: `r${index % 20}`,
      task_id: `t${Math.floor(index / 20)}`,
    });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, task)]);
    const raw = pod('ci/x', { app: 'job', dag_id: 'd9', run_id: 'r99', task_id: 't9' });
    const { facts, fix, message } = finding(submit(store, raw), 'label-churn');
    assert.deepEqual(facts['labels'], ['dag_id', 'run_id', 'task_id']);
    assert.equal(fix?.kind, 'patch');
    assert.match(
      fix.text,
      /^move "run_id" to an annotation; pods that differ only in "run_id" would share one identity$/,
    );
    assert.match(message, /differ only in labels "dag_id", "run_id" and "task_id", of which "run_id" keeps changing$/);
  });

  test('a new application with the changing label is told to leave out that label, not its name', () => {
    const { fix, facts, message } = finding(
      submit(churnyStore(), deployment('ci/web', { app: 'web', 'build-id': 'new' })),
      'label-churn',
    );
    assert.deepEqual(facts['labels'], ['app', 'build-id']);
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(
      fix.patch.map(({ path }) => path),
      ['/spec/template/metadata/labels/build-id'],
    );
    assert.match(message, /of which "build-id" keeps changing/);
  });

  test('a key that is made up for each pod is blamed, whatever its value', () => {
    const store = storeWith([
      namespace('ci'),
      ...unusedIdentities(200, (index) => ({ app: 'job', [`run-${index}`]: 'x' })),
    ]);
    const decision = submit(store, deployment('ci/runner', { app: 'job', 'run-new': 'x' }));
    assert.equal(decision.verdict, 'deny');
    const { facts, fix } = finding(decision, 'label-churn');
    assert.ok((facts['labels'] as readonly string[]).includes('run-new'));
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(
      fix.patch.map(({ path }) => path),
      ['/spec/template/metadata/labels/run-new'],
    );
  });

  test('more labels than anybody takes out one by one are told in words: no patch is tried', () => {
    const steps = (count: number, value: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, key) => [`step-${key}`, value]));
    for (const [count, kind] of [
      [50, 'patch'],
      [51, 'words'],
    ] as const) {
      const store = storeWith([namespace('ci'), ...unusedIdentities(60, (index) => steps(count, `v${index}`))]);
      const decision = submit(store, pod('ci/x', steps(count, 'new')));
      assert.equal(decision.verdict, 'deny');
      const { fix } = finding(decision, 'label-churn');
      assert.equal(fix?.kind, kind);
      assert.match(fix.text, /^move "step-0", "step-1", .* and 4\d more to an annotation; /);
    }
  });

  test('a policy of the namespace that selects the label is named in the fix', () => {
    const store = churnyStore(
      policy('ci/by-build', { endpointSelector: { matchLabels: { 'build-id': 'b1' } }, ingress: [{}] }),
    );
    const { fix } = finding(submit(store, deployment('ci/runner', CHANGING)), 'label-churn');
    assert.match(fix?.text ?? '', / \(selected by CiliumNetworkPolicy ci\/by-build\)/);
  });

  test('a policy of the namespace that meets only pods of another one is not named', () => {
    const elsewhere = { 'k8s:io.kubernetes.pod.namespace': 'other', 'build-id': 'b1' };
    const store = churnyStore(
      policy('ci/out', {
        endpointSelector: { matchLabels: { app: 'x' } },
        egress: [{ toEndpoints: [{ matchLabels: elsewhere }] }],
      }),
    );
    const { fix } = finding(submit(store, deployment('ci/runner', CHANGING)), 'label-churn');
    assert.doesNotMatch(fix?.text ?? '', /selected by/);
  });

  test('a policy of another tenant that selects the label changes no word of the fix', () => {
    const inCi = { 'k8s:io.kubernetes.pod.namespace': 'ci', 'build-id': 'b1' };
    const store = churnyStore(
      namespace('other'),
      policy('other/peer', { endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: inCi }] }] }),
      policy('other/own', { endpointSelector: { matchLabels: { 'build-id': 'b1' } }, ingress: [{}] }),
    );
    const raw = deployment('ci/runner', CHANGING);
    const without = finding(submit(churnyStore(namespace('other')), raw), 'label-churn');
    assert.deepEqual(finding(submit(store, raw), 'label-churn').fix, without.fix);
    assert.equal(without.fix?.kind, 'patch');
  });

  test('a job is not promised one identity while its name goes on changing', () => {
    const names = (index: number) => ({
      app: 'job',
      run: `r${index}`,
      'job-name': `j${index}`,
      'batch.kubernetes.io/job-name': `j${index}`,
    });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, names)]);
    const { fix } = finding(submit(store, job('ci/nightly', { app: 'job', run: 'new' })), 'label-churn');
    assert.equal(fix?.kind, 'patch');
    assert.equal(fix.text, 'move "run" to an annotation; pods that differ only in "run" would share one identity');
  });
});

describe('no violation', () => {
  test('an identity that exists is nothing to say', () => {
    assert.deepEqual(submit(churnyStore(), deployment('ci/runner', buildIds(7))).findings, []);
  });

  test('one unused identity less than the limit', () => {
    const store = storeWith(churnyObjects(49));
    assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
  });

  test('fewer unused identities than three times those in use', () => {
    const busy = Array.from({ length: 21 }, (_, index) => pod(`ci/busy-${index}`, { app: `busy-${index}` }));
    assert.deepEqual(submit(churnyStore(...busy), deployment('ci/runner', CHANGING)).findings, []);
  });

  test('duplicates of one unused identity count once', () => {
    const duplicates = Array.from({ length: 60 }, (_, index) => identityIn('ci', 1000 + index, buildIds(index % 30)));
    const store = storeWith([namespace('ci'), ...duplicates]);
    assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
  });

  test('unused identities that differ in more than pod labels are not merged by leaving pod labels out', () => {
    const accounts = Array.from({ length: 60 }, (_, index) =>
      identityIn('ci', 1000 + index, buildIds(index), `account-${index}`),
    );
    const store = storeWith([namespace('ci'), ...accounts]);
    assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
  });

  test('a template without the label to blame, while the old identities wait for collection', () => {
    assert.deepEqual(submit(churnyStore(), deployment('ci/runner', { app: 'job' })).findings, []);
  });

  test('a new application, whose labels are not those that keep changing', () => {
    const decision = submit(churnyStore(), deployment('ci/web', { app: 'web' }));
    assert.deepEqual([decision.verdict, decision.findings], ['allow', []]);
  });

  test('a label that is new to a namespace where others made up keys', () => {
    const store = storeWith([
      namespace('ci'),
      ...unusedIdentities(60, (index) => ({ app: 'job', [`run-${index}`]: 'x' })),
    ]);
    for (const labels of [{ app: 'job' }, { app: 'web', tier: 'front' }]) {
      assert.deepEqual(submit(store, deployment('ci/runner', labels)).findings, []);
    }
  });

  test('a label that is new to a namespace where values keep changing', () => {
    assert.deepEqual(submit(churnyStore(), deployment('ci/runner', { app: 'job', tier: 'front' })).findings, []);
  });

  test('labels that the filter drops, whose old values wait for collection', () => {
    const config = ciliumConfig({ labels: '!build-id$' });
    const decision = submit(churnyStore(config), deployment('ci/runner', { app: 'web', 'build-id': 'new' }));
    assert.deepEqual(findings(decision, 'label-churn'), []);
  });

  test('a scale-up of a workload, the identity of whose pods was collected meanwhile', () => {
    const before = deployment('ci/runner', CHANGING, 0);
    const decision = submit(churnyStore(before), deployment('ci/runner', CHANGING, 3), { before });
    assert.deepEqual([decision.verdict, decision.findings], ['allow', []]);
  });

  test('a relabel of a pod with a stored owner, which is for relabel-pod', () => {
    const owned = (build: string) =>
      pod(
        'ci/x',
        { app: 'job', 'build-id': build },
        { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/r')] } },
      );
    const before = owned('running');
    const store = churnyStore(replicaSet('ci/r', { app: 'job', 'build-id': 'running' }), before);
    const decision = submit(store, owned('new'), { before });
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(
      decision.findings.map(({ id }) => id),
      ['relabel-pod'],
    );
  });

  test('an update that takes a label away and sets none', () => {
    const before = pod('ci/a', { app: 'job', 'build-id': 'running' });
    const decision = submit(churnyStore(), pod('ci/a', { 'build-id': 'running' }), { before });
    assert.deepEqual(findings(decision, 'label-churn'), []);
  });

  test('an update of a workload that leaves its identity as it was', () => {
    const before = deployment('ci/runner', { ...CHANGING, 'pod-template-hash': 'a' });
    const after = deployment('ci/runner', { ...CHANGING, 'pod-template-hash': 'b' });
    assert.deepEqual(submit(churnyStore(before), after, { before }).findings, []);
  });

  test('a pod on the network of its node', () => {
    const decision = submit(churnyStore(), pod('ci/x', CHANGING, { spec: { hostNetwork: true } }));
    assert.deepEqual(decision.findings, []);
  });
});

describe('advice', () => {
  test('a pod whose stored owner has the same labels was judged there', () => {
    const store = churnyStore(replicaSet('ci/runner-1', CHANGING));
    const owned = pod(
      'ci/x',
      { ...CHANGING, 'pod-template-hash': '1' },
      {
        metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/runner-1')] },
      },
    );
    const decision = submit(store, owned);
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'label-churn').severity, 'advice');
  });

  test('labels that admission adds to every pod do not take the judgement of the owner away', () => {
    const injected = (index: number) => ({ ...buildIds(index), mesh: 'on' });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, injected), replicaSet('ci/r', CHANGING)]);
    const owned = pod(
      'ci/x',
      { ...CHANGING, mesh: 'on' },
      { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/r')] } },
    );
    const decision = submit(store, owned);
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'label-churn').severity, 'advice');
  });

  test('a label that is added to each pod and keeps changing is still blamed, and only that', () => {
    const store = churnyStore(replicaSet('ci/r', { app: 'job' }));
    const owned = pod('ci/x', CHANGING, { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/r')] } });
    const decision = submit(store, owned);
    assert.equal(decision.verdict, 'deny');
    assert.deepEqual(finding(decision, 'label-churn').facts['labels'], ['build-id']);
  });

  test('an owner with another service account has not judged the pod', () => {
    const unused = Array.from({ length: 60 }, (_, index) => identityIn('ci', 1000 + index, buildIds(index), 'other'));
    const store = storeWith([namespace('ci'), ...unused, replicaSet('ci/r', CHANGING)]);
    const owned = pod('ci/x', CHANGING, {
      metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/r')] },
      spec: { serviceAccountName: 'other' },
    });
    assert.equal(submit(store, owned).verdict, 'deny');
  });

  for (const [kind, username] of [
    ['StatefulSet', 'system:serviceaccount:kube-system:statefulset-controller'],
    ['DaemonSet', 'system:serviceaccount:kube-system:daemon-set-controller'],
  ] as const) {
    const made = pod('ci/s-0', CHANGING, { metadata: { ownerReferences: [ownerRef(kind, 'ci/s')] } });
    const store = churnyStore(workload(kind, 'ci/s', { app: 'job', 'build-id': 'running' }));

    test(`a pod that the controller of a stored ${kind} makes from an older revision goes through`, () => {
      const decision = submit(store, made, { username });
      assert.equal(decision.verdict, 'allow');
      assert.equal(finding(decision, 'label-churn').severity, 'advice');
    });

    test(`a pod of a stored ${kind} that anybody else makes with other labels is judged`, () => {
      assert.equal(submit(store, made).verdict, 'deny');
      assert.equal(submit(churnyStore(), made, { username }).verdict, 'deny');
    });
  }

  for (const [name, uid, labels] of [
    ['another uid', 'uid-other', CHANGING],
    ['other labels', 'uid-ci/runner-1', { app: 'job', 'build-id': 'older' }],
  ] as const) {
    test(`an owner with ${name} has not judged the pod`, () => {
      const store = churnyStore(replicaSet('ci/runner-1', labels));
      const owned = pod('ci/x', CHANGING, {
        metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/runner-1', uid)] },
      });
      assert.equal(submit(store, owned).verdict, 'deny');
    });
  }

  test('a replica set of a stored deployment goes through', () => {
    const store = churnyStore(deployment('ci/runner', CHANGING));
    assert.equal(submit(store, replicaSet('ci/runner-1', CHANGING, 'ci/runner')).verdict, 'allow');
  });

  test('a roll-back to a stored revision goes through', () => {
    const before = deployment('ci/runner', { app: 'job', 'build-id': 'running' });
    const store = churnyStore(before, replicaSet('ci/runner-1', CHANGING, 'ci/runner'));
    const decision = submit(store, deployment('ci/runner', CHANGING), { before });
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'label-churn').severity, 'advice');
  });
});

test('a denial asks about as many identities among 6,000 unused ones as among 60', () => {
  const questions = (unused: number): number => {
    const store = storeWith(churnyObjects(unused));
    assert.equal(submit(store, deployment('ci/runner', CHANGING)).verdict, 'deny');
    const { view, calls } = countedView(store.view(), 'labelsOf', 'useOf', 'identitiesWithKey', 'identitiesIn');
    assert.equal(submit(view, deployment('ci/other', { app: 'job', 'build-id': 'newer' })).verdict, 'deny');
    return calls();
  };
  const few = questions(60);
  assert.ok(few > 0);
  assert.equal(questions(6_000), few);
});

test('identities that should have been collected long ago are held against nobody', () => {
  const clock = { now: 0 };
  const store = new ClusterStore({ version: version('1.20.2'), clock: () => clock.now });
  for (const raw of churnyObjects()) store.apply({ type: 'upsert', object: decoded(raw) });
  assert.equal(submit(store, deployment('ci/runner', CHANGING)).verdict, 'deny');
  clock.now += 90 * 60_000;
  assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
});

describe('a label that spec.selector requires', () => {
  const selecting = (kind: string, selector: Json): Json => {
    const raw = workload(kind, 'ci/runner', CHANGING);
    return { ...raw, spec: { ...(raw['spec'] as Json), selector } };
  };
  const required: readonly Json[] = [
    { matchLabels: CHANGING },
    { matchExpressions: [{ key: 'build-id', operator: 'In', values: ['new'] }] },
    { matchExpressions: [{ key: 'build-id', operator: 'Exists' }] },
  ];

  for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']) {
    test(`of a ${kind} is not taken out of its template alone, which the API server would refuse`, () => {
      for (const selector of required) {
        const { fix } = finding(submit(churnyStore(), selecting(kind, selector)), 'label-churn');
        assert.deepEqual(fix, {
          kind: 'words',
          text:
            `spec.selector requires "build-id" and cannot be changed: make a ${kind} whose selector and template leave ` +
            '"build-id" out; or the platform team can exclude it in "labels" of cilium-config',
        });
      }
    });
  }

  test('is one that pods must have: the others are taken out', () => {
    const selector = {
      matchLabels: { app: 'job' },
      matchExpressions: [{ key: 'build-id', operator: 'NotIn', values: ['x'] }],
    };
    const { fix } = finding(submit(churnyStore(), selecting('Deployment', selector)), 'label-churn');
    assert.equal(fix?.kind, 'patch');
  });
});

describe('labels of the job controller', () => {
  const names = (name: string) => ({ app: 'job', 'job-name': name, 'batch.kubernetes.io/job-name': name });
  const store = (...others: readonly Json[]) =>
    storeWith([namespace('ci'), ...unusedIdentities(60, (index) => names(`j${index}`)), ...others]);
  const ownedBy = (owner: Json) => pod('ci/x', names('new'), { metadata: { ownerReferences: [owner] } });
  const username = 'system:serviceaccount:kube-system:job-controller';

  test('are its own on a pod of a stored job, and where it makes the pod', () => {
    const owned = ownedBy(ownerRef('Job', 'ci/new'));
    for (const decision of [
      submit(store(job('ci/new', { app: 'job' })), owned),
      submit(store(), owned, { username }),
      submit(store(), owned, { username: 'system:kube-controller-manager' }),
    ]) {
      assert.equal(decision.verdict, 'allow');
      assert.deepEqual(findings(decision, 'label-churn'), []);
      assert.equal(finding(decision, 'filter-gap').audience, 'platform');
    }
  });

  test('are those of the author on a pod that only says to have an owner', () => {
    for (const decision of [
      submit(store(), ownedBy(ownerRef('ConfigMap', 'ci/mine'))),
      submit(store(), ownedBy(ownerRef('Job', 'ci/new'))),
      submit(store(job('ci/new', { app: 'job' })), ownedBy(ownerRef('Job', 'ci/new', 'other'))),
      submit(store(), ownedBy(ownerRef('ReplicaSet', 'ci/new')), { username }),
    ]) {
      assert.equal(decision.verdict, 'deny');
      assert.deepEqual(finding(decision, 'label-churn').facts['labels'], ['batch.kubernetes.io/job-name', 'job-name']);
    }
  });

  test('are those of the author where the controller would give other values, also if the API server wrote its own into the template', () => {
    for (const template of [{ app: 'job' }, names('nightly')]) {
      const stored = store(job('ci/nightly', template));
      const decision = submit(stored, ownedBy(ownerRef('Job', 'ci/nightly')));
      assert.equal(decision.verdict, 'deny');
      assert.deepEqual(finding(decision, 'label-churn').facts['labels'], ['batch.kubernetes.io/job-name', 'job-name']);
      assert.equal(submit(stored, ownedBy(ownerRef('Job', 'ci/nightly')), { username }).verdict, 'allow');
    }
  });

  test('are those of the author on a pod of a stored owner that gives no such labels', () => {
    const stored = store(replicaSet('ci/r', { app: 'job' }));
    assert.equal(submit(stored, ownedBy(ownerRef('ReplicaSet', 'ci/r'))).verdict, 'deny');
  });
});

describe('a label that a controller gives to others', () => {
  const run = (name: string) => ({ app: 'job', 'job-name': name });
  const objects = [namespace('ci'), ...unusedIdentities(60, (index) => run(`j${index}`))];
  const before = deployment('ci/r', { app: 'job' });

  test('is judged on a deployment, whatever its stored revision says', () => {
    const store = storeWith([...objects, before, replicaSet('ci/r-1', run('old'), 'ci/r')]);
    assert.equal(submit(store, deployment('ci/r', run('new')), { before }).verdict, 'deny');
    assert.equal(submit(store, deployment('ci/r', run('old')), { before }).verdict, 'allow');
  });

  test('is judged on a replica set, whatever its deployment says', () => {
    const store = storeWith([...objects, deployment('ci/r', run('old'))]);
    assert.equal(submit(store, replicaSet('ci/r-1', run('new'), 'ci/r')).verdict, 'deny');
    assert.equal(submit(store, replicaSet('ci/r-1', run('old'), 'ci/r')).verdict, 'allow');
  });

  test('is judged on a pod, whatever its replica set says', () => {
    const store = storeWith([...objects, replicaSet('ci/r', run('old'))]);
    const owned = (name: string) =>
      pod('ci/x', run(name), { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/r')] } });
    assert.equal(submit(store, owned('new')).verdict, 'deny');
    assert.equal(submit(store, owned('old')).verdict, 'allow');
  });

  test('goes through on a job of a stored cron job, in the template too', () => {
    const cron = {
      ...workload('CronJob', 'ci/nightly', {}),
      apiVersion: 'batch/v1',
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: { metadata: { labels: { app: 'job' } }, spec: { containers: [] } } } },
      },
    };
    const made = workload('Job', 'ci/new', run('new'), { owners: [ownerRef('CronJob', 'ci/nightly')] });
    assert.equal(submit(storeWith([...objects, cron]), made).verdict, 'allow');
  });
});

test('a zone that keeps changing was written by the author: clusters have few', () => {
  const zone = (name: string) => ({ app: 'job', 'topology.kubernetes.io/zone': name });
  const objects = [namespace('ci'), ...unusedIdentities(60, (index) => zone(`z${index}`))];
  for (const raw of [pod('ci/x', zone('new'), { spec: { nodeName: 'n1' } }), deployment('ci/x', zone('new'))]) {
    assert.equal(submit(storeWith(objects, '1.18.2'), raw).verdict, 'deny');
  }
});

test('the order in which objects arrive changes no finding', () => {
  const raw = deployment('ci/runner', CHANGING);
  const forward = submit(storeWith(churnyObjects()), raw);
  const backward = submit(storeWith([...churnyObjects()].reverse()), raw);
  assert.deepEqual(forward.findings, backward.findings);
});

test('others get a turn while labels are read: a namespace may have thousands of them on each identity', () => {
  const steps = (unused: number): number => {
    const store = storeWith([namespace('ci'), ...unusedIdentities(unused, (index) => ({ [`run-${index}`]: 'x' }))]);
    const review = admit(store.view(), submissionOf(pod('ci/x', { 'run-new': 'x' })), { settings: ENFORCE });
    let count = 0;
    while (review.next().done !== true) count += 1;
    return count;
  };
  const walks = 5;
  assert.ok(steps(400) - steps(80) >= (walks * (400 - 80)) / 8);
});
