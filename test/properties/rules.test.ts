/**
 * The rules that outrank every feature, over random clusters and random changes. Limits are set low, so that much is denied.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { refOf } from '../../src/cilium/objects.ts';
import { denialText } from '../../src/review/denial-text.ts';
import type { Decision } from '../../src/review/results.ts';
import { ownerRef, replicaSet } from '../support/churn.ts';
import {
  ciliumConfig,
  clusterwidePolicy,
  decoded,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../support/objects.ts';
import {
  anyClusterwidePolicy,
  anyCluster,
  anyPod,
  anyPolicy,
  podLabels,
  runsOr,
  SEED,
} from '../support/random-cluster.ts';
import { settingsWith, submissionOf, submit, submitChange } from '../support/review.ts';

const options = { seed: SEED, numRuns: runsOr(40) };

const STRICT = settingsWith('enforce', {
  labelChurn: { unused: 1, ratio: 0 },
  adviceAsWarning: new Set(['identity-churn', 'deny-contradiction', 'policy-map-overflow', 'reserved-labels']),
});

const SMALL_MAPS = ciliumConfig({ 'bpf-policy-map-max': '256', 'enable-k8s-cluster-network-policy': 'true' });

/** Denies that random policies run into. */
const GUARDS = [
  clusterwidePolicy('guard-metadata', {
    endpointSelector: {},
    egressDeny: [{ toCIDR: ['169.254.169.254/32', '10.1.0.0/16'] }, { toEndpoints: [{ matchLabels: { app: 'db' } }] }],
  }),
  clusterwidePolicy('guard-web', {
    endpointSelector: { matchLabels: { app: 'web' } },
    ingressDeny: [{ fromEntities: ['world'] }, { fromEndpoints: [{ matchLabels: { tier: 'back' } }] }],
  }),
];

const guardedCluster = anyCluster.map((objects) => [SMALL_MAPS, ...GUARDS, ...objects]);
const reservedPod = fc
  .record({ raw: anyPod, key: fc.constantFrom('init', 'remote-node', 'io.cilium.k8s.x') })
  .map(({ raw, key }) => withLabels(raw, { ...labelsOf(raw), [key]: 'x' }));
const submitted = fc.oneof(anyPolicy, anyPod, reservedPod, anyClusterwidePolicy);

function labelsOf(raw: Json): Readonly<Record<string, string>> {
  return (raw['metadata'] as { labels: Record<string, string> }).labels;
}

function withLabels(raw: Json, labels: Readonly<Record<string, string>>): Json {
  return { ...raw, metadata: { ...(raw['metadata'] as Json), labels } };
}

function decide(objects: readonly Json[], raw: Json, before?: Json): Decision {
  return submit(storeWith(objects), raw, { settings: STRICT, ...(before === undefined ? {} : { before }) });
}

/** What its author can read of a decision. */
function shownText(decision: Decision): string {
  const shown = decision.findings.filter(({ audience, denies }) => denies || audience === 'author');
  return [denialText(shown, { docsUrl: 'docs', decisionId: 'x' }), ...decision.warnings].join('\n');
}

suite('never in the way', () => {
  test('a deletion is admitted', () => {
    fc.assert(
      fc.property(guardedCluster, fc.oneof(anyPolicy, anyPod), (objects, raw) => {
        const change = { op: 'delete', before: decoded(raw) } as const;
        assert.equal(submitChange(storeWith([...objects, raw]), change, { settings: STRICT }).verdict, 'allow');
      }),
      options,
    );
  });

  test('an update that only takes rules away or puts them in another order is denied for a map alone that grows by it', () => {
    const change = anyPolicy.chain((before) => fc.record({ before: fc.constant(before), after: fewerRules(before) }));
    fc.assert(
      fc.property(guardedCluster, change, (objects, { before, after }) => {
        const denying = decide([...objects, before], after, before).findings.filter(({ denies }) => denies);
        // What a deny took, or a wildcard stood for, has entries of its own once that is gone.
        for (const { id, facts } of denying) {
          assert.equal(id, 'policy-map-overflow', JSON.stringify(denying));
          assert.ok(Number(facts['entriesAfter']) > Number(facts['entriesBefore']), JSON.stringify(facts));
        }
      }),
      options,
    );
  });

  test('an update that only takes labels away is not held against its labels', () => {
    const change = reservedPod.chain((before) =>
      fc.record({ before: fc.constant(before), kept: fc.subarray(Object.entries(labelsOf(before))) }),
    );
    fc.assert(
      fc.property(guardedCluster, change, (objects, { before, kept }) => {
        const after = withLabels(before, Object.fromEntries(kept));
        const denying = decide([...objects, before], after, before).findings.filter(({ denies }) => denies);
        // It may still mint an identity that takes a map of its own tenant over the limit.
        assert.deepEqual(
          denying.filter(({ id }) => id !== 'policy-map-overflow'),
          [],
        );
      }),
      options,
    );
  });

  test('a pod of an owner that was judged is admitted', () => {
    fc.assert(
      fc.property(guardedCluster, podLabels, (objects, labels) => {
        const owner = replicaSet('alpha/owner', labels);
        const owned = pod('alpha/owned-1', labels, {
          metadata: { ownerReferences: [ownerRef('ReplicaSet', 'alpha/owner')] },
        });
        const decision = decide([...objects, owner], owned);
        assert.equal(decision.verdict, 'allow', JSON.stringify(decision.findings));
      }),
      options,
    );
  });
});

/** Some of the elements of each list of rules, in any order; at least one rule is left. */
function fewerRules(raw: Json): fc.Arbitrary<Json> {
  const spec = raw['spec'] as Record<string, unknown>;
  const lists = Object.entries(spec).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const fewer = lists.map(([name, list]) =>
    fc.shuffledSubarray(list, { minLength: 1 }).map((elements) => [name, elements] as const),
  );
  return fc.tuple(...fewer).map((kept) => ({ ...raw, spec: { ...spec, ...Object.fromEntries(kept) } }));
}

suite('explained', () => {
  test('a fix that is shown is admitted', () => {
    let shown = 0;
    fc.assert(
      fc.property(guardedCluster, submitted, (objects, raw) => {
        const store = storeWith(objects);
        const decision = submit(store, raw, { settings: STRICT });
        for (const { fix, severity } of decision.findings) {
          if (fix?.kind !== 'patch' || severity !== 'violation') continue;
          shown += 1;
          const revised = submissionOf(raw).revise(fix.patch);
          assert.ok(revised.ok);
          const again = submitChange(store, revised.value.change, { settings: STRICT });
          assert.equal(again.verdict, 'allow', JSON.stringify(again.findings));
        }
      }),
      options,
    );
    assert.ok(shown > 0, 'no fix was shown: this property says nothing');
  });

  test('the order in which objects arrive changes no answer', () => {
    const shuffled = guardedCluster.chain((objects) => {
      const last = [...new Map(objects.map((raw) => [nameOf(raw), raw])).values()];
      return fc.record({ one: fc.constant(last), other: fc.shuffledSubarray(last, { minLength: last.length }) });
    });
    fc.assert(
      fc.property(shuffled, submitted, ({ one, other }, raw) => {
        const [first, second] = [decide(one, raw), decide(other, raw)];
        assert.deepEqual({ ...first, modelRevision: 0 }, { ...second, modelRevision: 0 });
      }),
      options,
    );
  });
});

function nameOf(raw: Json): string {
  return JSON.stringify(refOf(decoded(raw)));
}

suite('no leaks', () => {
  /** Everything in these namespaces has a name and labels that start with `foreign`. */
  const foreign = fc
    .array(
      fc.oneof(
        fc.nat(5).map((n) => pod(`foreign-ns/foreign-pod-${n}`, { app: 'web', 'foreign-key': `foreign-value-${n}` })),
        fc
          .nat(5)
          .map((n) => pod(`foreign-ns/foreign-db-${n}`, { app: 'db', tier: 'back', 'foreign-key': 'foreign-db' })),
        anyPolicy.map((raw) => policy('foreign-ns/foreign-policy', raw['spec'] as Json)),
        fc.constant(
          policy('foreign-ns/foreign-broad', {
            endpointSelector: {},
            ingress: [
              {
                fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }],
              },
            ],
          }),
        ),
      ),
      { maxLength: 12 },
    )
    .map((objects) => [namespace('foreign-ns', { 'foreign-team': 'foreign-red' }), ...objects]);

  test('what an author reads holds no name, label or pod of another tenant', () => {
    fc.assert(
      fc.property(guardedCluster, foreign, submitted, (objects, others, raw) => {
        if (raw['kind'] === 'CiliumClusterwideNetworkPolicy') return;
        assert.doesNotMatch(shownText(decide([...objects, ...others], raw)), /foreign/);
      }),
      options,
    );
  });
});
