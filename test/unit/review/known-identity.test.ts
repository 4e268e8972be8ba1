/**
 * What most reviews are: a pod whose identity somebody has. Its labels are read once, and no what-if is made.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { admit } from '../../../src/review/admit.ts';
import { namespace, pod, storeWith, type Json } from '../../support/objects.ts';
import { settingsWith, submissionOf } from '../../support/review.ts';

const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' })]);

/** How often the review asks the view each question. */
function questionsAbout(submitted: Json, before?: Json): ReadonlyMap<string, number> {
  const asked = new Map<string, number>();
  const view = new Proxy(store.view(), {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      asked.set(String(key), (asked.get(String(key)) ?? 0) + 1);
      return value.bind(target);
    },
  });
  const submission = submissionOf(submitted, before === undefined ? {} : { before });
  assert.equal(runToEnd(admit(view, submission, { settings: settingsWith('enforce') })).verdict, 'allow');
  return asked;
}

test('a pod that is created is identified once, and no what-if is made', () => {
  const asked = questionsAbout(pod('a/web-1', { app: 'web' }));
  assert.deepEqual(
    [asked.get('identityOfShape'), asked.get('afterSteps'), asked.get('after')],
    [1, undefined, undefined],
  );
});

test('an update that leaves the identity as it is asks for the former and the new one', () => {
  const asked = questionsAbout(
    pod('a/web-0', { app: 'web', 'pod-template-hash': 'x' }),
    pod('a/web-0', { app: 'web' }),
  );
  assert.deepEqual(
    [asked.get('identityOfShape'), asked.get('afterSteps'), asked.get('after')],
    [2, undefined, undefined],
  );
});
