/**
 * Random cases without Go: that they can be repeated, and that the product answers each, or says what it does not cover.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { caseFor } from './case.ts';
import { FieldCoverage } from './coverage/fields.ts';
import { differenceLines } from './difference.ts';
import { caseNumber, KINDS, type Kind } from './fuzz.ts';
import { BUILDS, buildOf } from './minors.ts';
import { productAnswer } from './product.ts';
import { settle } from './settle.ts';

const SEED = 20_261_122;
const CASES = 25;

suite('random cases', () => {
  for (const kind of Object.keys(KINDS) as Kind[]) {
    for (const build of BUILDS) {
      const plan = { build, seed: SEED, kinds: [kind] };
      test(`${kind} cases of a seed are the same again, and others of another seed, for ${build.cilium}`, () => {
        assert.deepEqual(caseNumber(3, plan), caseNumber(3, plan));
        assert.notDeepEqual(caseNumber(3, plan), caseNumber(3, { ...plan, seed: SEED + 1 }));
        assert.notDeepEqual(caseNumber(3, plan), caseNumber(4, plan));
      });

      test(`${kind} cases are answered as ${build.cilium}, or said not to be covered`, () => {
        for (let index = 0; index < CASES; index++) {
          const answered = productAnswer(caseNumber(index, plan));
          if (answered.kind === 'not-covered') continue;
          const { ok, mapEntries, nondeterministic } = answered.answer;
          assert.ok(ok !== undefined || mapEntries !== undefined || nondeterministic, JSON.stringify(answered.answer));
        }
      });
    }
  }
});

test('a line of either form becomes a case for the version that is asked', () => {
  const world = { name: 'w' };
  assert.deepEqual(caseFor('1.20.2', { world, answers: {} }), { cilium: '1.20.2', op: 'map', world });
  const question = { op: 'filter', input: [] };
  const asked = { cilium: '1.20.2', op: 'filter', question };
  assert.deepEqual(caseFor('1.20.2', { name: 'f', question, answers: {} }), asked);
  assert.deepEqual(caseFor('1.20.2', { cilium: '1.18.8', op: 'filter', question }), asked);
  assert.throws(() => caseFor('1.20.2', { name: 'nothing' }), /world/);
});

test('a build is found by its minor and by its patch level, and by nothing else', () => {
  assert.equal(buildOf('1.20'), buildOf('1.20.2'));
  assert.ok(buildOf('1.20') !== undefined && buildOf('1.17') === undefined);
});

test('two answers are told apart by what only one of them has', () => {
  const product = { mapEntries: 2, entries: ['a', 'b'], same: 1 };
  const cilium = { mapEntries: 3, entries: ['b', 'c'], same: 1 };
  assert.deepEqual(
    [...differenceLines(product, cilium)],
    ['  mapEntries: product 2; Cilium 3', '  entries: product only ["a"]; Cilium only ["c"]'],
  );
});

test('answers that differ from run to run are recorded as not determined, a world with its bounds', () => {
  const answer = (mapEntries: number) => ({ mapEntries, entries: [], localIdentities: [{ id: 1, labels: [] }] });
  assert.deepEqual(settle('map', [answer(3), answer(3)]), answer(3));
  assert.deepEqual(settle('map', [answer(3), answer(5), answer(4)]), {
    ...answer(3),
    nondeterministic: true,
    mapEntries: { min: 3, max: 5 },
  });
  const refused = { ok: false, stage: 'parse', error: 'one text' };
  assert.deepEqual(settle('sanitize', [refused, { ...refused, error: 'another text' }]), refused);
  assert.deepEqual(settle('sanitize', [refused, { ok: true, selectors: [] }]), { nondeterministic: true });
});

test('coverage counts a field once a case, in the column of its outcome', () => {
  const rule = { fromCIDR: ['10.0.0.0/8'] };
  const policies = [{ kind: 'CiliumNetworkPolicy', metadata: { name: 'p' }, spec: { ingress: [rule, rule] } }];
  const coverage = new FieldCoverage();
  const asked = { cilium: '1.20.2', op: 'map', world: { policies } };
  coverage.add(asked, { kind: 'equal', answer: {}, replayed: 0 });
  coverage.add(asked, { kind: 'not-covered', feature: 'services', answer: {}, replayed: 0 });
  const row = [...coverage.lines()].find((line) => line.endsWith('  map CiliumPolicy.rules.peersCIDR'));
  assert.match(row ?? '', /^\s+1\s+0\s+0\s+0\s+0\s+1\s/);
});
