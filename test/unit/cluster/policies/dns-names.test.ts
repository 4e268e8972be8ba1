/**
 * Whether some policy asks for DNS names: kept up with the policies, in the store and in a what-if.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refOf } from '../../../../src/cilium/objects.ts';
import { decoded, namespace, policy, storeWith } from '../../../support/objects.ts';

const named = policy('a/named', { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'example.org' }] }] });
const plain = policy('a/named', { endpointSelector: {}, egress: [{ toCIDR: ['192.0.2.1/32'] }] });

test('a policy with toFQDNs asks for names until it is replaced or deleted', () => {
  const store = storeWith([namespace('a')]);
  const answers = [store.view().asksForDNSNames()];
  for (const object of [named, plain, named]) {
    store.apply({ type: 'upsert', object: decoded(object) });
    answers.push(store.view().asksForDNSNames());
  }
  store.apply({ type: 'delete', ref: refOf(decoded(named)) });
  answers.push(store.view().asksForDNSNames());
  assert.deepEqual(answers, [false, true, false, true, false]);
});

test('a what-if of a policy answers as the store would', () => {
  const without = storeWith([namespace('a'), plain]).view();
  const [before, after] = [decoded(plain), decoded(named)];
  assert.equal(without.after({ op: 'update', before, after }).asksForDNSNames(), true);
  assert.equal(without.asksForDNSNames(), false);
  const having = storeWith([namespace('a'), named]).view();
  assert.equal(having.after({ op: 'delete', before: after }).asksForDNSNames(), false);
});
