import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryCountSteps } from '../../../../../src/cilium/policy/map/entry-count.ts';
import { SelectedIds } from '../../../../../src/cilium/policy/map/selected-ids.ts';
import { endpointSelector, equals } from '../../../../../src/cilium/policy/selector.ts';
import { cnp, contextFor, inputsOf, podLabels, policyOf, universeOf } from '../../../../support/policies.ts';

const [web, db] = ['web', 'db'].map((app) => endpointSelector([equals('k8s', 'app', app)]));

test('a selector is asked for once, however often its identities are', () => {
  assert.ok(web);
  let asked = 0;
  const selected = new SelectedIds(() => {
    asked += 1;
    return Uint32Array.of(1, 2);
  });
  for (let time = 0; time < 3; time += 1) assert.deepEqual([...selected.of(web)()], [1, 2]);
  assert.equal(asked, 1);
});

test('what does not fit is not kept, and comes out the same', () => {
  assert.ok(web && db);
  const asked: string[] = [];
  const selected = new SelectedIds((selector) => {
    asked.push(selector.key);
    return Uint32Array.of(1, 2);
  }, 3);
  for (const selector of [web, db, db]) assert.deepEqual([...selected.of(selector)()], [1, 2]);
  assert.deepEqual(asked, [web.key, db.key, db.key, db.key]);
});

test('four million numbers of identities fit, and no more', () => {
  assert.ok(web && db);
  for (const [size, times] of [
    [2 ** 22, 1],
    [2 ** 22 + 1, 3],
  ] as const) {
    const ids = new Uint32Array(size);
    let asked = 0;
    const selected = new SelectedIds(() => ((asked += 1), ids));
    for (let time = 0; time < 2; time += 1) assert.equal(selected.of(web)(), ids);
    assert.equal(asked, times, `${size} numbers`);
  }
});

test('what did not fit leaves room for what does', () => {
  assert.ok(web && db);
  const asked: string[] = [];
  const selected = new SelectedIds((selector) => {
    asked.push(selector.key);
    return new Uint32Array(selector === web ? 5 : 2);
  }, 3);
  for (const selector of [web, db, db]) selected.of(selector)();
  assert.deepEqual(asked, [web.key, web.key, db.key]);
});

test('a count of thousands of selectors gives way while it asks for each of them', () => {
  const context = contextFor('1.20.2');
  const peers = Array.from({ length: 4_096 }, (_, index) => ({ matchLabels: { app: `a${index}` } }));
  const subject = { identity: 1001, labels: podLabels('a', 'web') };
  const policy = policyOf([cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: peers }] })], subject, context);
  const inputs = inputsOf(universeOf(context, []), context);
  let asked = 0;
  let most = 0;
  const counting = { ...inputs, selections: () => ((asked += 1), new Uint32Array(0)) };
  for (const steps = entryCountSteps(policy, counting); steps.next().done !== true; asked = 0) {
    most = Math.max(most, asked);
  }
  assert.ok(most > 0 && most <= 256, `${most} selectors in one step`);
});
