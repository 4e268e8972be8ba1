/**
 * What the check label-filter says of an entry, and what it promises of a corrected value, against a filter written by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PAUSE } from '../../src/checks/check.ts';
import { LabelStudy } from '../../src/checks/label-filter/label-study.ts';
import type { Correction, Trap } from '../../src/checks/label-filter/trap.ts';
import { trapsOf } from '../../src/checks/label-filter/traps.ts';
import { parseLabelFilter } from '../../src/cilium/identity/label-filter.ts';
import type { Label } from '../../src/cilium/identity/label.ts';
import { naiveMatch, naiveRule, naivelyKeeps } from '../support/naive-label-filter.ts';
import { profileFor } from '../support/profile.ts';
import { runsOr, SEED } from '../support/random-cluster.ts';

const WORDS = [
  'app',
  'application',
  'app.kubernetes.io',
  'tier',
  'k8s.app',
  'pod-template-hash',
  'team',
  '-hash',
  'zz',
];
const KEYS = [
  ...[
    'app',
    'application',
    'app.kubernetes.io/name',
    'tier',
    'tie',
    'k8s.app',
    'k8s-app',
    'team',
    'x/tier',
    'build-hash',
  ],
  ...['kubernetes.io/hostname', 'io.cilium.k8s.namespace.labels.team', 'io.cilium.k8s.namespace.labels.team-id'],
];
/** Every pod has these. */
const OWN = ['io.kubernetes.pod.namespace', 'io.cilium.k8s.policy.cluster', 'io.cilium.k8s.policy.serviceaccount'];
const USUAL = ['job-name', 'pod-template-hash'];
const NAMES = [...WORDS, ...OWN, 'io.cilium.k8s.namespace.labels', 'io.cilium', 'io.kubernetes'];
const STARTS = ['', '!', 'k8s:', 'k8s:!', 'any:', 'any:!', '!k8s:'];
const FORMS: readonly ((word: string, escaped: string) => string)[] = [
  (word) => word,
  (_, escaped) => escaped,
  (_, escaped) => `${escaped}$`,
  (_, escaped) => `.*${escaped}$`,
  (_, escaped) => `${escaped}.*`,
  (_, escaped) => `${escaped}*`,
  (_, escaped) => `${escaped},tier`,
  (_, escaped) => `${escaped}=x`,
  () => '.*',
  () => 'z*',
];

function entryOf(starts: readonly string[], forms: typeof FORMS): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...starts), fc.constantFrom(...forms), fc.constantFrom(...NAMES))
    .map(([start, form, word]) => start + form(word, word.replaceAll('.', '\\.')));
}

const ANY_ENTRY = entryOf(STARTS, FORMS);
/** Of pods, and words as they are or with escaped dots. */
const PLAIN_ENTRY = entryOf(STARTS.slice(0, 4), FORMS.slice(0, 2));

interface Studied {
  readonly entries: readonly string[];
  readonly present: readonly string[];
  /** Those that are there or may be, each once. */
  readonly known: readonly string[];
  readonly traps: readonly Trap[];
}

function studied(entries: readonly string[], keys: readonly string[]): Studied {
  const filter = parseLabelFilter({ profile: profileFor('1.20.2'), labels: entries.join(' ') });
  assert.ok(filter.ok);
  const present = [...keys, ...OWN].sort();
  const study = new LabelStudy(filter.value, entries, { present, usual: USUAL });
  const around = { selected: [], peersNameCluster: false, isKeptByDefault: () => true };
  const traps = [...trapsOf(study, around)].filter((trap) => trap !== PAUSE);
  return { entries, present, known: [...new Set([...present, ...USUAL])].sort(), traps };
}

function forAll(check: (of: Studied) => void, entry = ANY_ENTRY): void {
  const entries = fc.array(entry, { minLength: 1, maxLength: 5 });
  const property = fc.property(entries, fc.subarray(KEYS), (drawn, keys) => {
    check(studied(drawn, keys));
  });
  fc.assert(property, { seed: SEED, numRuns: runsOr(400) });
}

function keptOf(entries: readonly string[], keys: readonly string[]): readonly string[] {
  return keys.filter((key) => naivelyKeeps(entries, key));
}

function without(entries: readonly string[], { entry }: Trap): readonly string[] {
  return entries.filter((_, position) => position !== entry?.position);
}

function keysOf(labels: readonly Label[] = []): readonly string[] {
  return labels.map(({ key }) => key).sort();
}

test('an entry that is said to decide nothing can be left out without any identity changing', () => {
  let dead = 0;
  forAll(({ entries, known, traps }) => {
    for (const trap of traps) {
      if (trap.id !== 'filter-dead-entry') continue;
      dead += 1;
      assert.deepEqual(keptOf(without(entries, trap), known), keptOf(entries, known));
    }
  });
  assert.ok(dead > 50, `only ${dead} such entries were drawn`);
});

test('an entry that is said to match nothing matches no key, and as an include costs the labels that are told', () => {
  let costly = 0;
  const ids: readonly string[] = ['filter-comma', 'filter-source', 'filter-no-such-key'];
  forAll(({ entries, present, known, traps }) => {
    for (const trap of traps.filter(({ id }) => ids.includes(id))) {
      const rule = naiveRule(trap.entry?.text ?? '');
      assert.deepEqual(
        known.filter((key) => naiveMatch(rule, key) !== undefined),
        [],
      );
      const kept = keptOf(entries, present);
      const lost = keptOf(without(entries, trap), present).filter((key) => !kept.includes(key));
      costly += lost.length;
      assert.deepEqual(keysOf(trap.lost), lost);
    }
  });
  assert.ok(costly > 100, `only ${costly} labels were lost`);
});

test('a corrected value keeps and drops what is told of it, and nothing else', () => {
  let corrections = 0;
  forAll(({ entries, known, traps }) => {
    for (const { correction } of traps) {
      if (correction === undefined) continue;
      corrections += 1;
      const before = keptOf(entries, known);
      const after = keptOf(entriesOf(correction), known);
      assert.deepEqual(
        keysOf(correction.gained),
        after.filter((key) => !before.includes(key)),
      );
      assert.deepEqual(
        keysOf(correction.lost),
        before.filter((key) => !after.includes(key)),
      );
      assert.deepEqual(
        keysOf(correction.lost).filter((key) => OWN.includes(key)),
        [],
      );
    }
  });
  assert.ok(corrections > 200, `only ${corrections} values were proposed`);
});

/** By finding: what is said of its labels now, and what is true of them under the corrected value. */
const PROMISES: Partial<Record<Trap['id'], { readonly keptNow: boolean; readonly keptThen: boolean }>> = {
  'filter-shortest-exclude': { keptNow: true, keptThen: false },
  'filter-readmitted': { keptNow: true, keptThen: false },
  'filter-lost-label': { keptNow: false, keptThen: true },
};

test('labels that an entry drops or keeps against its meaning come out as meant under the corrected value', () => {
  const seen = new Set<string>();
  const check = ({ entries, traps }: Studied) => {
    for (const { id, labels, correction } of traps) {
      const promise = PROMISES[id];
      if (promise === undefined) continue;
      for (const key of keysOf(labels)) {
        assert.equal(naivelyKeeps(entries, key), promise.keptNow, `${id} ${key}`);
        if (correction === undefined) continue;
        assert.equal(naivelyKeeps(entriesOf(correction), key), promise.keptThen, `${id} ${key}`);
        seen.add(id);
      }
    }
  };
  forAll(check);
  forAll(check, PLAIN_ENTRY);
  assert.deepEqual([...seen].sort(), Object.keys(PROMISES).sort());
});

test('a dot or a missing end decides the labels that are told, and the corrected value decides them otherwise', () => {
  const changed: string[] = [];
  forAll(({ entries, traps }) => {
    for (const { id, labels, correction } of traps) {
      if (correction === undefined || (id !== 'filter-unescaped-dot' && id !== 'filter-prefix')) continue;
      for (const key of keysOf(labels)) {
        changed.push(id);
        assert.notEqual(naivelyKeeps(entries, key), naivelyKeeps(entriesOf(correction), key));
      }
    }
  }, PLAIN_ENTRY);
  assert.deepEqual([...new Set(changed)].sort(), ['filter-prefix', 'filter-unescaped-dot']);
});

function entriesOf({ labels }: Correction): readonly string[] {
  return labels === '' ? [] : labels.split(' ');
}
