/**
 * Values of `labels` that are proposed, against a filter written by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelsValueWithout } from '../../../../src/checks/facts/labels-value.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { excludingEntry } from '../../../../src/cilium/identity/filter-rule.ts';
import { fields } from '../../../../src/cilium/go-text.ts';
import { ciliumConfig, namespace, pod, storeWith } from '../../../support/objects.ts';
import { naivelyKeeps } from '../../../support/naive-label-filter.ts';

const SEED = 20_261_123;
const KEYS = ['app', 'app.kubernetes.io/name', 'job', 'job-name', 'job-names', 'jobs', 'tier', 'k8s.io/x', 'team'];
const OWN = ['io.kubernetes.pod.namespace', 'io.cilium.k8s.policy.cluster', 'io.cilium.k8s.policy.serviceaccount'];
const ENTRIES = [
  ...['app', 'job', '!job', 'job-name$', '!job-name', 'job-.*', '!j', '!jobs$', 'team', '.*', '!x*', 'tier'],
  ...['!k8s', 'k8s:job', 'k8s:!tier', String.raw`k8s\.io/x`],
];

interface Drawn {
  readonly entries: readonly string[];
  readonly dropped: readonly string[];
  readonly value: string | undefined;
}

/** Of a cluster in which one pod has all keys: a value for some of those that are part of its identity. */
function forAll(check: (drawn: Drawn) => void): void {
  const property = fc.property(
    fc.array(fc.constantFrom(...ENTRIES), { maxLength: 4 }),
    fc.subarray(KEYS, { minLength: 1, maxLength: 2 }),
    (entries, wanted) => {
      const dropped = wanted.filter((key) => naivelyKeeps(entries, key));
      if (dropped.length === 0) return;
      const labels = Object.fromEntries(KEYS.map((key) => [key, 'x']));
      const config = ciliumConfig(entries.length === 0 ? {} : { labels: entries.join('  ') });
      const store = storeWith([config, namespace('ci'), pod('ci/a', labels)]);
      check({ entries, dropped, value: runToEnd(labelsValueWithout(dropped, store.view())) });
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 500 });
}

function isRight(value: readonly string[], { entries, dropped }: Drawn): boolean {
  return [...KEYS, ...OWN].every(
    (key) => naivelyKeeps(value, key) === (naivelyKeeps(entries, key) && !dropped.includes(key)),
  );
}

test('a value that is proposed drops the labels that it is for and decides on all others as before', () => {
  let [proposed, shortened] = [0, 0];
  forAll((drawn) => {
    if (drawn.value === undefined) return;
    proposed += 1;
    const value = fields(drawn.value);
    if (value.length < drawn.entries.length + drawn.dropped.length) shortened += 1;
    assert.ok(isRight(value, drawn), `${drawn.entries.join(' ')} -> ${drawn.value}`);
  });
  assert.ok(proposed > 200, `only ${proposed} values were proposed`);
  assert.ok(shortened > 10, `only ${shortened} values lost an entry`);
});

test('where excludes behind the entries do, nothing else is proposed', () => {
  let appended = 0;
  forAll((drawn) => {
    const simple = [...drawn.entries, ...drawn.dropped.map(excludingEntry)];
    if (!isRight(simple, drawn)) return;
    appended += 1;
    assert.equal(drawn.value, simple.join(' '));
  });
  assert.ok(appended > 100, `only ${appended} values were appended to`);
});

test('an entry for a key escapes what an expression would take otherwise, and matches no other key', () => {
  assert.equal(excludingEntry('run.example.com/id'), String.raw`!run\.example\.com/id$`);
  assert.equal(excludingEntry('a+b(c)'), String.raw`!a\+b\(c\)$`);
});
