/**
 * Which changes of a source are mutants, and that the tests of a folder find one.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import { Compiler } from './compiler.ts';
import { EQUIVALENTS, placeOf, whyEquivalent } from './equivalents.ts';
import { mutated } from './mutant.ts';
import { mutantsOf } from './mutants.ts';
import { repository } from './repository.ts';
import { QUESTION, switched } from './switched.ts';
import { Trials } from './trials.ts';

const changes = (text: string): readonly string[] =>
  mutantsOf('a.ts', text).map(({ before, after }) => `${before} -> ${after}`);

test('operators, conditions, constants and calls are changed', () => {
  assert.deepEqual(changes('if (a < 3) all.some(b);'), [
    'a < 3 -> true',
    'a < 3 -> false',
    '< -> <=',
    '3 -> (3 + 1)',
    'all.some(b); -> ;',
    'some -> every',
  ]);
});

test('what a type says, what is told to people, when others get a turn and what stands for an element are not', () => {
  const text = `
    import { a } from './a.ts';
    interface Shape { readonly is: true }
    const ITEMS_PER_PAUSE = 64, MOST_KEPT = 16;
    function* all() { if (a % ITEMS_PER_PAUSE === 0) yield; yield undefined; pace.take(1 + 1); }
    const first = list[0] ?? 1, last = list[index] ?? -1;
    const refusal = { reason: a || 'no more than 3' };`;
  assert.deepEqual(changes(text), ['0 -> (0 + 1)']);
});

test('a bound of work is taken away', () => {
  assert.deepEqual(changes('const MOST_TERMS = 64, MAX_PORTS = 40;'), ['64 -> 0', '40 -> (40 + 1)']);
});

test('what the compiler refuses is no mutant', () => {
  const file = 'src/cilium/policy/log-text.ts';
  const text = readFileSync(repository(file), 'utf8');
  const compiler = new Compiler();
  const [taken, refused] = [true, false].map((isTaken) =>
    mutantsOf(file, text).filter((mutant) => compiler.takes(mutant, text) === isTaken),
  );
  assert.ok(taken?.some(({ before, after }) => before === '||' && after === '&&'));
  assert.ok(refused?.some(({ before, after }) => before === 'log === undefined' && after === 'false'));
});

test('what is told to be equivalent names mutants of the sources as they are', () => {
  for (const { mutants } of EQUIVALENTS) {
    for (const place of mutants) {
      const file = `src/cilium/${place[0]}`;
      const text = readFileSync(repository(file), 'utf8');
      const named = mutantsOf(file, text).filter((mutant) => isDeepStrictEqual(placeOf(mutant, text), place));
      assert.ok(named.length > 0, `no mutant of the sources is ${JSON.stringify(place)}`);
      for (const mutant of named) assert.notEqual(whyEquivalent(mutant, text), undefined);
    }
  }
});

test('a sum of texts is no subtraction', () => {
  assert.deepEqual(changes("const a = 'x' + b, c = d + e;"), ['+ -> -']);
});

test('a mutant is told by the line that it is on', () => {
  assert.deepEqual(
    mutantsOf('a.ts', 'const a = b;\n\nconst c = !a;').map(({ line, start, end }) => [line, start, end]),
    [[3, 24, 26]],
  );
});

const SMALL_PROGRAMS = [
  'var said: number = 4 - 2;',
  'const all = [3, 4] as const; var said = all?.some((one) => one === 3) && Math.min(...all) < 5;',
  'var said = 1; if (said < 2) said += 4; else said = !said ? 1 : 7;',
  'var said = ""; let [a, b] = [1, 2]; [a, b] = [b, a + 1]; for (const one of [a, b]) a -= one; said = [a, b].join();',
];

test('a source with all mutants in it is the source, or the mutant whose turn it is', () => {
  const says = (text: string, turn: number): unknown => {
    const context = { said: undefined, [QUESTION]: (number: number) => number === turn };
    runInNewContext(stripTypeScriptTypes(text), context);
    return context.said;
  };
  for (const text of SMALL_PROGRAMS) {
    const mutants = mutantsOf('a.ts', text).map((mutant, number) => ({ ...mutant, number }));
    const all = switched(text, mutants);
    assert.deepEqual(says(all, -1), says(text, -1));
    for (const mutant of mutants) assert.deepEqual(says(all, mutant.number), says(mutated(mutant, text), -1), all);
  }
});

test('the tests of a file find a mutant of it, also one of what is read at load, and one that never ends', async () => {
  const text = (file: string): string => readFileSync(repository(file), 'utf8');
  const wanted = [
    ['src/cilium/identity/identity-set.ts', '<', '<='],
    ['src/cilium/identity/identity-set.ts', 'next += 1;', ';'],
    ['src/cilium/identity/numeric-identity.ts', '24', '(24 + 1)'],
  ] as const;
  const mutants = wanted.map(([file, before, after], number) => {
    const found = mutantsOf(file, text(file)).findLast((mutant) => mutant.before === before && mutant.after === after);
    assert.ok(found, `${file}: ${before}`);
    return { ...found, number };
  });
  const testFiles = ['identity-set', 'numeric-identity'].map((name) =>
    repository(`test/unit/cilium/identity/${name}.test.ts`),
  );
  const trials = await Trials.over({ mutants, testFiles });
  const outcomes = await Promise.all(mutants.map((mutant) => trials.put(mutant)));
  await trials.end();
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['found', 'stopped', 'found'],
  );
});
