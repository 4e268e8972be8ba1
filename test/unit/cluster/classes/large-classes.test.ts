/**
 * Policies that ask for more than any policy map holds, and policies of thousands of rules that stay in the model.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { asksForTooMuch } from '../../../../src/cilium/policy/map/asked-keys.ts';
import { cnp, contextFor, rulesOf } from '../../../support/policies.ts';
import { ciliumIdentity, decoded, namespace, policy, storeWith, type Json } from '../../../support/objects.ts';
import { processorMs } from '../../../support/processor-time.ts';

function identity(id: number, labels: Readonly<Record<string, string>>): Json {
  return ciliumIdentity(id, {
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value])),
    'k8s:io.cilium.k8s.policy.cluster': 'default',
    'k8s:io.kubernetes.pod.namespace': 'a',
  });
}

/** So many rules with a range of ports each: some twenty blocks. */
function ranges(count: number, fromEndpoints: readonly Json[] = [{}]): Json {
  const ingress = Array.from({ length: count }, (_, index) => ({
    fromEndpoints,
    toPorts: [{ ports: [{ port: String(index + 1), endPort: 65_534, protocol: 'TCP' }] }],
  }));
  return { endpointSelector: {}, ingress };
}

function storeOf(spec: Json): ClusterStore {
  return storeWith([namespace('a'), policy('a/large', spec), identity(1_000, { app: 'web' })]);
}

test('selectors times blocks of ports are counted, until there are too many', () => {
  const ports = [
    { port: '80', protocol: 'TCP' },
    { port: '1024', endPort: 3_071, protocol: 'TCP' },
  ];
  const fromEndpoints = [{}, { matchLabels: { app: 'db' } }];
  const spec = { endpointSelector: {}, ingress: [{ fromEndpoints, toPorts: [{ ports }] }] };
  const rules = rulesOf(cnp(spec), contextFor('1.20.2'));
  assert.equal(asksForTooMuch(rules, 6), false);
  assert.equal(asksForTooMuch(rules, 5), true);
});

test('the map of a class that asks for too much is not counted, and its numbers are unknown', () => {
  const view = storeOf(ranges(20_000)).view();
  const policyClass = view.classOf(view.labelsOf(1_000) ?? [], 1_000);
  assert.match(policyClass.uncounted ?? '', /262144/);
  assert.deepEqual(
    policyClass.unsupported.map(({ object }) => object.name),
    ['large'],
  );
});

test('what one more identity adds is worked out once for all that the same peers select', () => {
  const store = storeOf(ranges(8_000));
  const view = (): ReturnType<ClusterStore['view']> => store.view();
  const policyClass = view().classOf(view().labelsOf(1_000) ?? [], 1_000);
  const before = runToEnd(view().entriesSteps(policyClass));
  const tookMs = processorMs(() => {
    for (let id = 2_000; id < 2_030; id += 1) {
      store.apply({ type: 'upsert', object: decoded(identity(id, { app: `job-${id}` })) });
      runToEnd(view().entriesSteps(view().classOf(view().labelsOf(1_000) ?? [], 1_000)));
    }
  });
  assert.ok(tookMs < 1_500, `${tookMs} ms for 30 identities`);
  const after = runToEnd(view().entriesSteps(view().classOf(view().labelsOf(1_000) ?? [], 1_000)));
  const map = view().policyMap(view().classOf(view().labelsOf(1_000) ?? [], 1_000));
  assert.equal(after, map.size);
  assert.ok(after > before);
});

test('whom a class has is looked up once for thousands of rules with one subject', () => {
  const open = policy('a/open', { endpointSelector: {}, egress: [{}] });
  const view = storeOf(ranges(1))
    .view()
    .after({ op: 'create', after: decoded(open) });
  const policyClass = view.classOf(view.labelsOf(1_000) ?? [], 1_000);
  const [rule] = policyClass.rules;
  assert.ok(rule !== undefined);
  let reads = 0;
  const subject = new Proxy(rule.subject, {
    get(target, key, receiver): unknown {
      reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  const rules = Array.from({ length: 5_000 }, () => ({ ...rule, subject }));
  assert.deepEqual([...view.membersOf({ ...policyClass, policy: policyClass.policy, rules })], [1_000]);
  assert.ok(reads < 100, `${reads} reads`);
});
