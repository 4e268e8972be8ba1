/**
 * Which classes a selector is a peer of, through classes that come, go, grow large and small, against a plain list.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelArray, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import { endpointSelector, equals, exists, matches } from '../../../../src/cilium/policy/selector.ts';
import { PeerUses } from '../../../../src/cluster/classes/peer-uses.ts';

const APPS = ['web', 'db', 'job'];
const SELECTORS = [
  ...APPS.map((app) => endpointSelector([equals('any', 'app', app)])),
  endpointSelector([exists('any', 'app')]),
];

interface Step {
  readonly name: string;
  readonly peers: readonly number[];
  readonly then: 'goes' | 'is small' | 'is large';
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    peers: fc.subarray(SELECTORS.map((_, index) => index)),
    then: fc.constantFrom('goes', 'is small', 'is small', 'is large'),
  }),
  { maxLength: 20 },
);

interface Kept {
  readonly peers: Step['peers'];
  isLarge: boolean;
}

function assertSame(uses: PeerUses<string>, kept: ReadonlyMap<string, Kept>, labels: LabelArray): void {
  const selecting = [...kept].filter(([, { peers }]) =>
    peers.some((index) => matches(SELECTORS[index] ?? endpointSelector([]), labels)),
  );
  const names = (all: typeof selecting): readonly string[] => all.map(([name]) => name).sort();
  assert.deepEqual([...uses.selecting(labels, 'all')].sort(), names(selecting));
  assert.deepEqual([...uses.selecting(labels, 'large')].sort(), names(selecting.filter(([, { isLarge }]) => isLarge)));
}

test('labels are selected by the classes that have a peer for them, all of them and the large ones', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const uses = new PeerUses<string>();
      const kept = new Map<string, Kept>();
      for (const { name, peers, then } of all) {
        const known = kept.get(name) ?? { peers, isLarge: true };
        const selectors = known.peers.flatMap((index) => SELECTORS[index] ?? []);
        if (!kept.has(name)) uses.add(name, selectors);
        kept.set(name, known);
        if (then === 'goes') {
          uses.delete(name, selectors);
          kept.delete(name);
        } else {
          known.isLarge = then === 'is large';
          uses.setLarge(name, selectors, known.isLarge);
        }
        for (const app of [...APPS, 'other']) {
          assertSame(uses, kept, labelArray([{ source: 'k8s', key: 'app', value: app }]));
        }
      }
    }),
    { seed: 20_261_122, numRuns: 200 },
  );
});
