/**
 * Pods in columns, and objects by name, against plain maps.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pod } from '../../../../src/cilium/objects.ts';
import { ObjectsByName } from '../../../../src/cluster/objects/objects-by-name.ts';
import { PodTable } from '../../../../src/cluster/objects/pod-table.ts';
import { PodTraits } from '../../../../src/cluster/objects/pod-traits.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

const text = fc.constantFrom('', 'a', 'b', '__proto__', 'web-0', 'b3f1c2d4-0000-4000-8000-1234567890ab');
const optional = <Value>(name: string, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [name]: given }));

const containerPort = fc.record(
  { name: text, port: fc.constantFrom(0, 80, -1, 2 ** 31 - 1), protocol: text },
  { noNullPrototype: true },
);

const pod: fc.Arbitrary<Pod> = fc
  .tuple(
    fc.record({
      kind: fc.constant('Pod' as const),
      namespace: fc.constantFrom('a', 'b'),
      name: fc.constantFrom('web-0', 'web-1', 'web-2'),
      uid: text,
      terminating: fc.boolean(),
      labels: fc.array(fc.tuple(text, text), { maxLength: 3 }).map((labels) => new Map(labels)),
      serviceAccountName: text,
      hostNetwork: fc.boolean(),
      ports: fc.array(containerPort, {
        maxLength: 2,
      }),
      phase: fc.constantFrom('Running', 'Failed'),
      nodeName: text,
      mirror: fc.boolean(),
    }),
    optional('created', fc.constantFrom(0, 1_700_000_000_000)),
    optional('owner', fc.record({ kind: text, name: text, uid: text }, { noNullPrototype: true })),
    optional('agent', fc.record({ images: fc.array(text, { maxLength: 2 }) }, { noNullPrototype: true })),
  )
  .map(([fields, ...others]) => Object.assign({}, fields, ...others) as Pod);

function assertSame(table: PodTable, model: ReadonlyMap<string, Pod>): void {
  assert.equal(table.size, model.size);
  for (const wanted of model.values()) {
    const row = table.rowOf(wanted.namespace, wanted.name);
    assert.ok(row !== undefined && row > 0);
    assert.deepEqual(table.at(row), wanted);
    assert.deepEqual([...table.at(row).labels], [...wanted.labels]);
  }
  assert.equal(new Set(table.rows()).size, model.size);
  for (const namespace of ['a', 'b', 'c']) {
    const names = [...table.rowsIn(namespace)].map((row) => table.nameOf(row));
    const wanted = [...model.values()].filter((each) => each.namespace === namespace).map(({ name }) => name);
    assert.deepEqual(names.sort(), wanted.sort());
  }
}

test('pods read as they were set last, and those that went are gone', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(pod, fc.boolean()), { maxLength: 40 }), (taken) => {
      const [table, model] = [new PodTable(), new Map<string, Pod>()];
      for (const [each, isSet] of taken) {
        const name = `${each.namespace}/${each.name}`;
        const row = table.rowOf(each.namespace, each.name);
        if (isSet) assert.equal(table.set(each), row ?? table.rowOf(each.namespace, each.name));
        else table.delete(each.namespace, each.name);
        if (isSet) model.set(name, each);
        else model.delete(name);
        assertSame(table, model);
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('pods share their traits exactly if all of them are equal', () => {
  fc.assert(
    fc.property(pod, pod, (one, other) => {
      const traits = new PodTraits();
      const numbers = [traits.hold(one), traits.hold(other)];
      const [a, b] = numbers.map((number) => {
        const { labels, ...rest } = traits.at(number);
        return JSON.stringify([[...labels], rest]);
      });
      assert.equal(numbers[0] === numbers[1], a === b);
      for (const number of numbers) traits.release(number);
      assert.equal(traits.size, 0);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('what churns leaves nothing behind: pods that come and go with new labels take the rows of those before', () => {
  const table = new PodTable();
  const churning = (index: number): Pod => ({
    kind: 'Pod',
    namespace: 'a',
    name: `job-${index}`,
    uid: `${index}`,
    terminating: false,
    labels: new Map([['job', `${index}`]]),
    serviceAccountName: 'default',
    hostNetwork: false,
    ports: [],
    phase: 'Running',
    nodeName: `node-${index % 3}`,
    mirror: false,
  });
  const rows = new Set<number>();
  for (let index = 0; index < 2_000; index += 1) {
    rows.add(table.set(churning(index)));
    if (index >= 10) table.delete('a', `job-${index - 10}`);
  }
  assert.equal(table.size, 10);
  assert.ok(rows.size <= 11);
});

test('objects are found by namespace and name, as in one map', () => {
  const ref = fc.record({ namespace: fc.constantFrom(undefined, 'a', 'b'), name: text });
  fc.assert(
    fc.property(fc.array(fc.tuple(ref, fc.boolean()), { maxLength: 60 }), (taken) => {
      const [objects, model] = [new ObjectsByName<number>(), new Map<string, number>()];
      for (const [index, [{ namespace, name }, isSet]] of taken.entries()) {
        const named = namespace === undefined ? { name } : { namespace, name };
        const key = JSON.stringify([namespace ?? '', name]);
        if (isSet) objects.set(named, index);
        else objects.delete(named);
        if (isSet) model.set(key, index);
        else model.delete(key);
        assert.equal(objects.get(named), model.get(key));
        assert.equal(objects.size, model.size);
        assert.deepEqual([...objects.values()].sort(), [...model.values()].sort());
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
