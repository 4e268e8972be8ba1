/**
 * Bounds, in random clusters of all versions: no map has more entries than they say, and what they leave unsaid is what counts
 * would leave unsaid.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mostOfPrefixes } from '../../src/checks/policy-map-overflow/far-classes.ts';
import { refOf, type PolicyObject } from '../../src/cilium/objects.ts';
import {
  areAdditive,
  areWithdrawable,
  mostAddedSteps,
  mostOfDefaults,
} from '../../src/cilium/policy/additive-rules.ts';
import { selectsSubject } from '../../src/cilium/policy/resolve.ts';
import { rulesOf, type Rule } from '../../src/cilium/policy/rule.ts';
import type { EndpointSelector } from '../../src/cilium/policy/selector.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { agentsNumber } from '../../src/cluster/identities/host-endpoints.ts';
import type { KeptClass } from '../../src/cluster/classes/class-layer.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { ciliumConfig, decoded, policy, storeWith, type Json } from '../support/objects.ts';
import {
  anyCluster,
  anyClusterwidePolicy,
  anyDNSAnswers,
  anyHostPolicy,
  anyIdentity,
  anyNamespace,
  anyPod,
  anyPolicy,
  NAMESPACES,
  RUNS,
  SEED,
} from '../support/random-cluster.ts';
import { labelsOf } from '../support/policies.ts';
import { settingsWith, submit } from '../support/review.ts';

const LIMIT = 256;
const options = { seed: SEED, numRuns: RUNS };
const anyVersion = fc.constantFrom('1.18.8', '1.19.7', '1.20.2');
const anyConfig = fc.constantFrom(
  ciliumConfig({ 'bpf-policy-map-max': String(LIMIT) }),
  ciliumConfig({
    'bpf-policy-map-max': String(LIMIT),
    'enable-k8s-cluster-network-policy': 'true',
    'enable-host-firewall': 'true',
    'enable-node-selector-labels': 'true',
  }),
);
/** Plain allows of some peers: what a policy most often says. */
const anyAllows = fc
  .record({
    inNamespace: fc.constantFrom(...NAMESPACES),
    app: fc.constantFrom('web', 'db'),
    ports: fc.subarray([80, 8080]),
  })
  .map(({ inNamespace, app, ports }) => {
    const toPorts = ports.length === 0 ? [] : [{ ports: ports.map((port) => ({ port: `${port}`, protocol: 'TCP' })) }];
    const ingress = [{ fromEndpoints: [{ matchLabels: { app } }], ...(ports.length === 0 ? {} : { toPorts }) }];
    return policy(`${inNamespace}/one`, { endpointSelector: {}, ingress });
  });
const anyPolicyObject = fc.oneof(anyPolicy, anyAllows, anyClusterwidePolicy, anyHostPolicy);
/** Selects nobody: what it does to maps its prefix does. */
const anyPrefixes = fc
  .uniqueArray(fc.constantFrom('10.7.0.0/16', '10.1.2.128/25', '192.0.0.0/8', '203.0.113.0/24'), { minLength: 1 })
  .map((toCIDR) => policy('alpha/new', { endpointSelector: { matchLabels: { app: 'none' } }, egress: [{ toCIDR }] }));
const anySubmitted = fc.oneof(
  { arbitrary: anyPrefixes, weight: 4 },
  { arbitrary: anyPolicyObject, weight: 4 },
  { arbitrary: anyPod, weight: 2 },
  { arbitrary: anyNamespace, weight: 1 },
);

const anyStore = fc
  .record({
    config: anyConfig,
    objects: anyCluster,
    version: anyVersion,
    names: fc.option(anyDNSAnswers),
    allows: fc.array(anyAllows, { maxLength: 2 }),
  })
  .map(({ config, objects, version, names, allows }): ClusterStore => {
    const store = storeWith([config, ...objects, ...allows], version);
    if (names !== null) store.apply({ type: 'dns-cache', agent: 'cilium-0', answers: names });
    return store;
  });

const LABELS = ['web', 'db', 'none'].map((app) =>
  labelsOf(`k8s:app=${app}`, 'k8s:io.kubernetes.pod.namespace=alpha', 'k8s:io.cilium.k8s.policy.cluster=default'),
);

function countAll(view: ClusterView): void {
  for (const { policyClass } of view.keptClasses?.all() ?? []) runToEnd(view.entriesSteps(policyClass));
}

function assertBounded(view: ClusterView): void {
  for (const { policyClass, mostEntries } of view.keptClasses?.all() ?? []) {
    if (policyClass.uncounted !== undefined) continue;
    const entries = view.policyMap(policyClass).size;
    assert.ok(entries <= mostEntries, `${entries} entries, ${mostEntries} at most`);
  }
  assertSmall(view);
}

/** All but the large ones are small, whoever asks. */
function assertSmall({ keptClasses: kept }: ClusterView): void {
  assert.ok(kept !== undefined);
  const large = new Set(kept.large());
  for (const one of kept.all()) {
    if (large.has(one)) continue;
    assert.ok(one.mostEntries < kept.small.entries && one.bounds.mostOfOne <= kept.small.mostOfOne);
    assert.ok(one.bounds.isOfIdentitiesAlone && one.policyClass.unsupported.length === 0);
  }
  for (const labels of LABELS) {
    const met: readonly KeptClass[] = [...kept.meeting({ labels }, 'all')];
    assert.deepEqual(new Set(kept.meeting({ labels }, 'large')), new Set(met.filter((one) => large.has(one))));
  }
}

test('no map has more entries than were counted, or than its rules ask for, with what came since', () => {
  const changes = fc.array(fc.record({ raw: fc.oneof(anyIdentity, anyPod, anySubmitted), remove: fc.boolean() }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(anyStore, changes, fc.boolean(), (store, all, isCounted) => {
      // What is asked first is as true as what is asked later.
      const first = store.view().keptClasses?.small;
      assert.deepEqual(first, store.view().keptClasses?.small);
      if (isCounted) countAll(store.view());
      assertBounded(store.view());
      for (const { raw, remove } of all) {
        const object = decoded(raw);
        const { kind, metadata } = raw as { kind: string; metadata: { namespace?: string; name: string } };
        const ref = { kind, ...metadata } as never;
        store.apply(remove ? { type: 'delete', ref } : { type: 'upsert', object });
        assertBounded(store.view());
      }
    }),
    options,
  );
});

test('no map has more entries once prefixes are new than before, and those that each may have', () => {
  fc.assert(
    fc.property(anyStore, anyPolicyObject, fc.boolean(), (store, raw, isCounted) => {
      const view = store.view();
      const after = view.after({ op: 'create', after: decoded(raw) });
      const added = after.addedNodes().size;
      if (isCounted) countAll(view);
      for (const { policyClass, bounds, mostEntries } of view.keptClasses?.all() ?? []) {
        if (!bounds.isOfIdentitiesAlone) continue;
        const entries = after.policyMap(policyClass).size;
        assert.ok(entries <= mostEntries + bounds.mostOfOne * (added + 1) + 1);
        assert.equal(runToEnd(after.entriesSteps(policyClass)), entries);
      }
    }),
    options,
  );
});

/** Each class that some rule selects, with the most entries that its map has then by what is known before. */
function* boundsAfter(
  view: ClusterView,
  after: ClusterView,
  rules: readonly Rule[],
  rulesBefore: readonly Rule[],
): Iterable<readonly [number, number]> {
  const inputs = { context: after.settings, selectedSteps: exactly };
  function* exactly(selector: EndpointSelector): Generator<undefined, number> {
    const { length } = yield* after.selectionsSteps(selector);
    assert.equal(length, after.selections(selector).length);
    assert.ok(length <= after.mostSelected(selector));
    return length;
  }
  for (const id of new Set([...rules, ...rulesBefore].flatMap((rule) => [...after.subjects(rule)]))) {
    const subject = { labels: after.labelsOf(id) ?? [], identity: agentsNumber(id) };
    const selecting = rules.filter((rule) => selectsSubject(rule, subject));
    const added = runToEnd(mostAddedSteps(selecting, inputs, Number.POSITIVE_INFINITY));
    for (const { ports } of after.portSetsOf(id)) {
      const { key } = view.classOf(subject.labels, id, ports);
      const before = view.keptClasses?.ofIdentity(id).find(({ policyClass }) => policyClass.key === key);
      assert.ok(before !== undefined);
      if (!before.bounds.isAdditive || !before.bounds.isOfIdentitiesAlone) continue;
      const most = before.mostEntries + mostOfPrefixes(before.bounds.mostOfOne, after.addedNodes().size) + added;
      yield [after.policyMap(after.classOf(subject.labels, id, ports)).size, most + mostOfDefaults(after.settings)];
    }
  }
}

test('no map has more entries with rules that only add, in the place of plain allows or of none, than before and those that they ask for', () => {
  fc.assert(
    fc.property(anyStore, anyPolicyObject, (store, raw) => {
      const view = store.view();
      const ref = refOf(decoded(raw));
      const inputs = { context: view.settings, selectionsSteps: view.selectionsSteps.bind(view) };
      const rulesBefore = rulesOf(view.policy(ref));
      if (!runToEnd(areWithdrawable(rulesBefore, inputs))) return;
      const after = view.after({ op: 'create', after: decoded(raw) as PolicyObject });
      const rules = rulesOf(after.policy(ref));
      if (!areAdditive(rules)) return;
      countAll(view);
      for (const [entries, most] of boundsAfter(view, after, rules, rulesBefore))
        assert.ok(entries <= most, `${entries}, ${most}`);
    }),
    options,
  );
});

/** The same cluster, of which nobody has kept a class. */
function unkept(view: ClusterView): ClusterView {
  return new Proxy(view, {
    get(target, name): unknown {
      if (name === 'keptClasses') return undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('a review says what it says where every map is counted', () => {
  const cases = fc.record({
    raw: anySubmitted,
    percent: fc.integer({ min: 1, max: 8 }),
    isCounted: fc.constantFrom(true, true, false),
  });
  fc.assert(
    fc.property(anyStore, anyPolicyObject, cases, (store, stored, { raw, percent, isCounted }) => {
      const settings = settingsWith('enforce', { policyMapOverflow: { advicePercent: percent } });
      const view = store.view();
      const said = (of: ClusterView, object: Json): unknown => submit(of, object, { settings });
      if (isCounted) countAll(view);
      for (const object of [raw, stored]) assert.deepEqual(said(view, object), said(unkept(view), object));
    }),
    options,
  );
});
