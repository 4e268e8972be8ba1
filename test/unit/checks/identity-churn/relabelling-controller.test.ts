/**
 * A controller that puts a label on one namespace after the other, before the watch tells of any: each change is small, and
 * together they use up the range.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { admit } from '../../../../src/review/admit.ts';
import { Admissions } from '../../../../src/review/ledger/admissions.ts';
import type { Decision } from '../../../../src/review/results.ts';
import { filledStore, RANGE } from '../../../support/full-range.ts';
import { namespace, pod, type Json } from '../../../support/objects.ts';
import { ENFORCE, finding, submissionOf } from '../../../support/review.ts';

const NAMESPACES = 60;
const PODS = 4;
const FILLED = 27_300;

function podsOf(name: string): readonly Json[] {
  return Array.from({ length: PODS }, (_, index) => pod(`${name}/p${index}`, { app: `a${index}` }));
}

test('a controller that relabels every namespace is stopped at 85 % of the range, and nobody else pays', () => {
  const names = Array.from({ length: NAMESPACES }, (_, index) => `n${index}`);
  const store = filledStore(FILLED, 10, ...names.flatMap((name) => [namespace(name), ...podsOf(name)]));
  const ledger = new Admissions({ clock: () => 0 });
  const relabel = (name: string): Decision => {
    const submission = submissionOf(namespace(name, { scanned: 'today' }), { before: namespace(name) });
    const decision = runToEnd(admit(store.view(), submission, { settings: ENFORCE, ledger }));
    ledger.charge(decision.charge);
    return decision;
  };
  const decisions = names.map(relabel);
  const admitted = decisions.filter(({ verdict }) => verdict === 'allow').length;
  const free = Math.floor(0.85 * RANGE) - FILLED - NAMESPACES * PODS;
  assert.equal(admitted, Math.floor(free / PODS));
  assert.ok(decisions.slice(admitted).every(({ verdict }) => verdict === 'deny'));
  assert.match(
    finding(decisions[admitted] ?? relabel('n0'), 'relabel-namespace').message,
    /; at worst more than 27635 identities of the cluster would be in use, the limit for relabels$/,
  );
  const bystander = submissionOf(pod('big/web', { app: 'web' }));
  assert.equal(runToEnd(admit(store.view(), bystander, { settings: ENFORCE, ledger })).verdict, 'allow');
});
