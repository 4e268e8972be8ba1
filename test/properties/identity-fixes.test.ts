/**
 * Fixes of labels that keep changing: in namespaces that are full of unused identities, what a fix that is shown leads to is
 * admitted, whatever else is wrong with the labels.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identityIn, workload } from '../support/churn.ts';
import { namespace, pod, storeWith, type Json } from '../support/objects.ts';
import { RUNS, SEED } from '../support/random-cluster.ts';
import { settingsWith, submissionOf, submit, submitChange } from '../support/review.ts';

type Strings = Readonly<Record<string, string>>;

const VALUES = ['1', '2', '3', '4', '5'];

/** One application in many runs, with keys that change together, alone, or never. */
const anyLabels: fc.Arbitrary<Strings> = fc.record(
  {
    app: fc.constantFrom('job', 'web'),
    'build-id': fc.constantFrom(...VALUES),
    'example.com/run~1': fc.constantFrom(...VALUES),
    tier: fc.constantFrom('front', 'back'),
    'job-name': fc.constantFrom(...VALUES),
  },
  { requiredKeys: ['app', 'build-id'] },
);

const anySubmitted: fc.Arbitrary<Json> = fc
  .record({ labels: anyLabels, kind: fc.constantFrom('Pod', 'Deployment', 'StatefulSet', 'Job', 'ReplicaSet') })
  .map(({ labels, kind }) => {
    const fresh = { ...labels, 'build-id': 'new' };
    return kind === 'Pod' ? pod('ci/fresh', fresh) : workload(kind, 'ci/fresh', fresh);
  });

const anyScene = fc.record({
  gone: fc.array(anyLabels, { minLength: 3, maxLength: 12 }),
  running: fc.array(anyLabels, { maxLength: 3 }),
  submitted: anySubmitted,
  allowed: fc.option(fc.constantFrom(['app', 'tier'], ['app', 'build-id', 'tier'])),
  version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2'),
});

test('a fix of labels that is shown is admitted', (t) => {
  const shown = new Map<string, number>();
  const property = fc.property(anyScene, ({ gone, running, submitted, allowed, version }) => {
    const identities = gone.map((labels, index) => identityIn('ci', 1_000 + index, labels));
    const pods = running.map((labels, index) => pod(`ci/p${index}`, labels));
    const store = storeWith([namespace('ci'), ...identities, ...pods], version);
    const identityLabels = allowed === null ? {} : { allowed };
    const settings = settingsWith('enforce', { labelChurn: { unused: 3, ratio: 0 }, identityLabels });
    for (const { id, fix, severity } of submit(store, submitted, { settings }).findings) {
      if (fix?.kind !== 'patch' || severity !== 'violation') continue;
      shown.set(id, 1 + (shown.get(id) ?? 0));
      const revised = submissionOf(submitted).revise(fix.patch);
      assert.ok(revised.ok);
      const again = submitChange(store, revised.value.change, { settings });
      assert.equal(again.verdict, 'allow', JSON.stringify([fix, again.findings]));
    }
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.diagnostic(`seed ${SEED}, ${RUNS} runs: ${JSON.stringify([...shown])}`);
  for (const id of ['label-churn', 'label-not-allowed'])
    assert.ok((shown.get(id) ?? 0) * 50 > RUNS, `${id} is too rare`);
});
