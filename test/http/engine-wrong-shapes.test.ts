/**
 * Objects of a wrong shape, of every judged kind, as new objects and as old ones: allowed, unknown, one warning that names
 * the place, and nothing of them in the model.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnsweredReview } from '../support/http-reviews.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { internalErrors, reviewed, sharedEngine, type EngineWebhook } from '../support/engine-webhook.ts';
import { withValueAt } from '../support/json-edit.ts';
import type { Json } from '../support/objects.ts';
import { WRONG_SHAPES } from './wrong-shapes.ts';

const engine = sharedEngine();

function assertMalformed(answer: AnsweredReview, uid: string, path: string): void {
  const { warnings = [], auditAnnotations, allowed } = answer;
  assert.equal(answer.uid, uid);
  assert.equal(allowed, true);
  assert.deepEqual(auditAnnotations, { decision: 'unknown', reason: 'malformed' });
  assert.equal(warnings.length, 1, warnings.join('\n'));
  assert.ok(warnings[0]?.startsWith(`not judged: ${path} must `), `${warnings[0]} does not name ${path}`);
}

/** Nothing that a review brings gets into the model: it is the same view, of the same revision. */
async function withoutTrace(webhook: EngineWebhook, act: () => Promise<void>): Promise<void> {
  const before = webhook.model.view();
  await act();
  assert.equal(webhook.model.view(), before);
  assert.equal(await internalErrors(webhook), 0);
}

for (const { kind, good, places } of WRONG_SHAPES) {
  describe(`a ${kind}`, () => {
    test('is judged as it is', async () => {
      const { auditAnnotations } = await reviewed(engine(), requestFor('good', stored(good)));
      assert.notEqual(auditAnnotations?.['decision'], 'unknown');
    });

    test(`is not judged with a wrong value at any of ${places.length} places, and the place is named`, async () => {
      await withoutTrace(engine(), async () => {
        for (const [path, values] of places) {
          for (const [index, value] of values.entries()) {
            const uid = `${path} ${index}`;
            const request = { ...requestFor(uid, stored(good)), object: withValueAt(stored(good), path, value) };
            assertMalformed(await reviewed(engine(), request), uid, path);
          }
        }
      });
    });

    test('is not judged against an old object of a wrong shape', async () => {
      await withoutTrace(engine(), async () => {
        for (const [path, [value]] of places) {
          const oldObject = withValueAt(stored(good), path, value);
          const request = { ...requestFor(path, stored(good), stored(good)), oldObject };
          assertMalformed(await reviewed(engine(), request), path, `oldObject.${path}`);
        }
        for (const oldObject of [7, 'x', [], true]) {
          const request = { ...requestFor('old', stored(good), stored(good)), oldObject };
          assertMalformed(await reviewed(engine(), request), 'old', 'oldObject');
        }
      });
    });

    test('is not judged where no object stands in its place', async () => {
      await withoutTrace(engine(), async () => {
        for (const object of [null, undefined, 7, 'x', [], true]) {
          const request: Json = { ...requestFor('none', stored(good)), object };
          assertMalformed(await reviewed(engine(), request), 'none', 'the object');
        }
      });
    });
  });
}

test('a Binding with labels of a wrong shape is not judged either', async () => {
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web', namespace: 'team-a', labels: ['x'] } };
  const request = {
    ...requestFor('bind', stored({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'team-a' } })),
    kind: { group: '', version: 'v1', kind: 'Binding' },
    subResource: 'binding',
    object: binding,
  };
  assertMalformed(await reviewed(engine(), request), 'bind', 'metadata.labels');
});

test('a component of the system reads no warning', async () => {
  const [first] = WRONG_SHAPES;
  assert.ok(first);
  const userInfo = { username: 'system:serviceaccount:kube-system:replicaset-controller' };
  const request = { ...requestFor('quiet', stored(first.good)), object: 7, userInfo };
  assert.equal((await reviewed(engine(), request)).warnings, undefined);
});
