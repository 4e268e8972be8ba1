import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRef, refOf, type ClusterObject } from '../../../src/cilium/objects.ts';
import type { Origin } from '../../../src/sources/file-event.ts';
import { FirstPlaces } from '../../../src/sources/first-places.ts';

const seed = 20261123;
const identified = { uid: '', terminating: false };
const word = fc.constantFrom('a', 'b', 'a/b', '__proto__', '');

const object: fc.Arbitrary<ClusterObject> = fc.oneof(
  word.map((name) => ({ kind: 'Namespace', name, ...identified, labels: new Map() }) as const),
  fc.tuple(word, word, fc.constantFrom('ConfigMap' as const)).map(([namespace, name, kind]) => {
    return { kind, namespace, name, ...identified, data: new Map() };
  }),
);

const files = ['a.json', 'b.json', 'c.json'];

test('a second object is told where the first stood, as a map by reference would tell it', () => {
  const seen = fc.array(fc.record({ object, file: fc.nat(2), line: fc.nat(2 ** 20) }), { maxLength: 60 });
  fc.assert(
    fc.property(seen, (events) => {
      const [places, model] = [new FirstPlaces(), new Map<string, Origin>()];
      for (const { object: met, file, line } of events) {
        const origin = { file: files[file] ?? '', line };
        const ref = JSON.stringify(refOf(met));
        assert.deepEqual(places.meet(met, origin), model.get(ref), formatRef(refOf(met)));
        if (!model.has(ref)) model.set(ref, origin);
      }
    }),
    { seed },
  );
});

test('places are kept beyond the room that there is at first', () => {
  const places = new FirstPlaces();
  const named = (index: number): ClusterObject => {
    return { kind: 'Namespace', name: `team-${index}`, ...identified, labels: new Map() };
  };
  for (let index = 0; index < 5_000; index += 1) {
    assert.equal(places.meet(named(index), { file: `file-${index % 7}`, line: index }), undefined);
  }
  for (let index = 0; index < 5_000; index += 1) {
    assert.deepEqual(places.meet(named(index), { file: 'again', line: 0 }), { file: `file-${index % 7}`, line: index });
  }
});
