/**
 * Long questions about classes are answered in pieces: how often they pause is counted, and what they answer is the same.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GainingClass, PolicyClass } from '../../../../src/cluster/policy-class.ts';
import { rulesOf } from '../../../../src/cilium/policy/rule.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { identityIn } from '../../../support/churn.ts';
import { decoded, labels, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { withPauses } from '../../../support/with-pauses.ts';

const PODS = 256;

function appsOf(count: number): readonly Json[] {
  return Array.from({ length: count }, (_, index) => pod(`a/p${index}`, { app: `a${index}` }));
}

/** Selects pods of each app by a policy of its own, so that each is a class. */
function policies(count: number): readonly Json[] {
  return Array.from({ length: count }, (_, index) =>
    policy(`a/p${index}`, {
      endpointSelector: { matchLabels: { app: `a${index}` } },
      ingress: [{ fromEndpoints: [{}] }],
    }),
  );
}

const open = policy('a/open', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] });

function classOfPod(view: ClusterView, name: string): PolicyClass {
  const shape = view.pod('a', name);
  const identity = shape && view.identityOfShape(shape, 'a');
  assert.ok(identity?.kind === 'global');
  return view.classOf(identity.labels);
}

interface Counted<Result> {
  readonly pauses: number;
  readonly result: Result;
}

function counted<Result>(steps: Generator<undefined, Result>): Counted<Result> {
  for (let pauses = 0; ; pauses += 1) {
    const step = steps.next();
    if (step.done === true) return { pauses, result: step.value };
  }
}

function entries(view: ClusterView): Counted<number> {
  return counted(view.entriesSteps(classOfPod(view, 'p0')));
}

function pausesOfGains(view: ClusterView): Counted<number> {
  const labels = view.identityOfShape(
    { labels: new Map(), serviceAccountName: 'new', hostNetwork: false, ports: [] },
    'a',
  );
  assert.ok(labels.kind === 'global');
  const steps = [...view.classesGaining(labels.labels)];
  const gaining = steps.filter((step) => step !== undefined);
  return { pauses: steps.length - gaining.length, result: gaining.length };
}

describe('pauses', () => {
  test('lie between the identities that a change adds to a count', () => {
    const before = storeWith([namespace('a', { team: 'red' }), ...appsOf(PODS), open]).view();
    const known = entries(before);
    const again = entries(before);
    const after = before.after({
      op: 'update',
      before: decoded(namespace('a', { team: 'red' })),
      after: decoded(namespace('a', { team: 'blue' })),
    });
    const grown = entries(after);
    assert.equal(grown.result, known.result + PODS);
    assert.equal(again.pauses, 0);
    assert.ok(grown.pauses >= PODS / 64, `${grown.pauses} pauses`);
  });

  test('lie between the pods of a namespace whose ports go with them to another key', () => {
    const view = storeWith([namespace('a'), ...appsOf(PODS)]).view();
    const after = decoded(namespace('a', { team: 'blue' }));
    const { pauses } = counted(view.afterSteps({ op: 'update', before: decoded(namespace('a')), after }));
    assert.ok(pauses >= PODS / 64, `${pauses} pauses`);
  });

  test('lie between the classes that one more identity enters', () => {
    const { pauses, result } = pausesOfGains(storeWith([namespace('a'), ...appsOf(PODS), ...policies(PODS)]).view());
    assert.equal(result, PODS);
    assert.ok(pauses >= PODS / 64, `${pauses} pauses`);
  });

  test('lie between the identities that a what-if with other rules goes through for that', () => {
    const store = storeWith([namespace('a'), ...appsOf(PODS)]);
    const { pauses, result } = pausesOfGains(store.view().after({ op: 'create', after: decoded(open) }));
    assert.equal(result, 1);
    assert.ok(pauses >= PODS / 64, `${pauses} pauses`);
  });

  test('lie between the selectors of a class that are held against one identity', () => {
    const toEndpoints = Array.from({ length: 10_000 }, (_, index) => ({ matchLabels: { app: `b${index}` } }));
    const wide = policy('a/wide', { endpointSelector: {}, egress: [{ toEndpoints: [{}, ...toEndpoints] }] });
    const { pauses } = pausesOfGains(storeWith([namespace('a'), pod('a/p0', { app: 'a0' }), wide]).view());
    assert.ok(pauses >= 2, `${pauses} pauses`);
  });

  test('lie between the selectors of a class whose many identities are looked for the first time', () => {
    const fromEndpoints = Array.from({ length: 100 }, (_, index) => ({
      matchExpressions: [{ key: `k${index}`, operator: 'DoesNotExist' }],
    }));
    const wide = policy('a/wide', { endpointSelector: {}, ingress: [{ fromEndpoints }] });
    const identities = Array.from({ length: 2_048 }, (_, index) =>
      identityIn('a', 1_000 + index, { app: `b${index}` }),
    );
    const view = storeWith([namespace('a'), pod('a/p0', { app: 'a0' }), wide, ...identities]).view();
    const { pauses, result } = entries(view);
    assert.equal(result, view.policyMap(classOfPod(view, 'p0')).size);
    assert.ok(pauses >= fromEndpoints.length, `${pauses} pauses`);
  });

  test('lie between the identities that a settled cluster leaves out of what a selector selects', () => {
    const identities = Array.from({ length: 4_096 }, (_, index) =>
      identityIn('a', 1_000 + index, { app: `b${index}` }),
    );
    const store = storeWith([namespace('a'), pod('a/p0', { app: 'b0' }), open, ...identities]);
    const parsed = store.view().policy({ kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'open' }) ?? assert.fail();
    const [rule = assert.fail()] = rulesOf(parsed);
    const { pauses, result } = counted(store.view().settled().subjectsSteps(rule));
    assert.equal([...result].length, 1);
    assert.ok(pauses >= 6, `${pauses} pauses`);
  });

  test('lie between the identities that a count in a settled cluster leaves out', () => {
    const identities = Array.from({ length: 4_096 }, (_, index) =>
      identityIn('a', 1_000 + index, { app: `b${index}` }),
    );
    const view = storeWith([namespace('a'), pod('a/p0', { app: 'b0' }), open, ...identities])
      .view()
      .settled();
    const { pauses, result } = entries(view);
    assert.equal(result, view.policyMap(classOfPod(view, 'p0')).size);
    assert.ok(pauses >= 6, `${pauses} pauses`);
  });

  test('lie between the steps of the map itself', () => {
    const view = storeWith([namespace('a'), ...appsOf(PODS), open]).view();
    const { pauses, result } = counted(view.policyMapSteps(classOfPod(view, 'p0')));
    assert.ok(pauses > 0);
    assert.equal(result.size, view.policyMap(classOfPod(view, 'p0')).size);
  });
});

describe('two who ask for one count at a time', () => {
  function owing(): ClusterStore {
    const store = storeWith([namespace('a'), ...appsOf(4), open]);
    entries(store.view());
    for (const extra of appsOf(8).slice(4)) store.apply({ type: 'upsert', object: decoded(extra) });
    return store;
  }

  for (let pauses = 0; pauses < 16; pauses += 1) {
    test(`get the same after ${pauses} steps of the first`, () => {
      const view = owing().view();
      const { size } = view.policyMap(classOfPod(view, 'p0'));
      const first = view.entriesSteps(classOfPod(view, 'p0'));
      let step = first.next();
      for (let taken = 0; taken < pauses && step.done !== true; taken += 1) step = first.next();
      assert.equal(entries(view).result, size);
      while (step.done !== true) step = first.next();
      assert.equal(step.value, size);
      assert.equal(entries(view).result, size);
    });
  }
});

/** What is left of an answer. */
function rest(gains: Iterator<GainingClass | undefined>): readonly GainingClass[] {
  const found: GainingClass[] = [];
  for (let step = gains.next(); step.done !== true; step = gains.next()) if (step.value) found.push(step.value);
  return found;
}

test('what an identity adds is remembered of the ports that it was counted with, whatever comes in a pause', () => {
  const named = { endpointSelector: {}, egress: [{ toEndpoints: [{}], toPorts: [{ ports: [{ port: 'http' }] }] }] };
  const serving = (name: string, containerPort: number): Json =>
    pod(`a/${name}`, {}, { spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort }] }] } });
  const store = storeWith([namespace('a'), serving('one', 80), policy('a/named', named)], '1.19.7');
  const own = 'k8s:io.cilium.k8s.policy.cluster=default';
  const newcomer = labels('k8s:app=new', 'k8s:io.kubernetes.pod.namespace=a', own);
  const gains = () => store.view().classesGaining(newcomer)[Symbol.iterator]();
  withPauses(() => {
    const meanwhile = gains();
    meanwhile.next();
    store.apply({ type: 'upsert', object: decoded(serving('two', 8080)) });
    rest(meanwhile);
  });
  // The name stands for two ports now, and so for none.
  assert.deepEqual(rest(gains()), []);
  store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'a', name: 'two' } });
  assert.equal(rest(gains()).length, 1);
});
