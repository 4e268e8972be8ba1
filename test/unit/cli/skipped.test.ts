import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Skipped } from '../../../src/cli/skipped.ts';

function skippedOf(...events: readonly (readonly [string, number])[]): Skipped {
  const skipped = new Skipped();
  for (const [reason, count] of events) skipped.add({ reason, count, origin: { file: 'all.yaml', line: 7 } });
  return skipped;
}

describe('what was skipped', () => {
  test('is counted by reason over all files, in the order in which it was first seen', () => {
    const skipped = skippedOf(
      ['Secret of v1 is not read', 2],
      ['no Kubernetes object', 1],
      ['Secret of v1 is not read', 3],
    );
    assert.deepEqual(skipped.notes('the manifests'), [
      'skipped in the manifests: 5 x Secret of v1 is not read',
      'skipped in the manifests: 1 x no Kubernetes object',
    ]);
  });

  test('is nothing to tell where nothing was', () => {
    assert.deepEqual(skippedOf().notes('the cluster'), []);
  });

  test('is told in no more lines than a person can take in', () => {
    const kinds = Array.from({ length: 25 }, (_, index) => [`Kind${index} of v1 is not read`, 1] as const);
    const reasons = skippedOf(...kinds).reasons();
    assert.equal(reasons.length, 21);
    assert.equal(reasons.at(-1), '5 more kinds');
  });

  test('may be called like anything: a reason is data', () => {
    assert.deepEqual(skippedOf(['__proto__', 1], ['__proto__', 1]).reasons(), ['2 x __proto__']);
  });
});

describe('where it was', () => {
  test('nowhere, where nothing was skipped', () => {
    assert.deepEqual([new Skipped().things(), new Skipped().placeNotes()], [undefined, []]);
  });

  test('a file with the line of the first, a folder by its files', () => {
    const skipped = skippedOf(['Secret of v1 is not read', 2]);
    skipped.add({ reason: 'not YAML', count: 3, origin: { file: 'in' }, files: ['in/a.txt', 'in/b.txt'] });
    assert.deepEqual(skipped.things(), {
      total: 5,
      places: [
        { file: 'all.yaml', line: 7, reason: 'Secret of v1 is not read', count: 2 },
        { file: 'in/a.txt', reason: 'not YAML', count: 1 },
        { file: 'in/b.txt', reason: 'not YAML', count: 1 },
      ],
    });
    assert.deepEqual(skipped.placeNotes(), [
      'skipped: all.yaml:7 2 x Secret of v1 is not read',
      'skipped: in/a.txt: 1 x not YAML',
      'skipped: in/b.txt: 1 x not YAML',
      'skipped: 1 more elsewhere',
    ]);
  });

  test('of no more than 100 places', () => {
    const skipped = skippedOf(...Array.from({ length: 150 }, (_, index) => [`reason ${index}`, 1] as const));
    const things = skipped.things();
    assert.deepEqual([things?.total, things?.places.length], [150, 100]);
    assert.equal(skipped.placeNotes().at(-1), 'skipped: 50 more elsewhere');
  });
});
