/**
 * Kinds of policy that an option keeps the agent from reading.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from '../../../../../src/cilium/policy/parse/parse.ts';
import { prefixesOf, rulesOf } from '../../../../../src/cilium/policy/rule.ts';
import type { PolicyObject } from '../../../../../src/cilium/objects.ts';
import { ciliumConfig, clusterwidePolicy, namespace, pod, policy, storeWith } from '../../../../support/objects.ts';
import { ccnp, cnp, contextFor, knp } from '../../../../support/policies.ts';
import { submit } from '../../../../support/review.ts';

const egress = { endpointSelector: {}, egress: [{ toCIDR: ['9.0.0.0/8'] }] };
const POLICIES: readonly PolicyObject[] = [
  cnp(egress),
  ccnp(egress),
  knp({ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: '9.0.0.0/8' } }] }] }),
];

test('a policy of a kind that the agent does not read has no rules and names no prefixes', () => {
  for (const unread of POLICIES) {
    const policyKinds = new Set(POLICIES.map(({ kind }) => kind).filter((kind) => kind !== unread.kind));
    const context = contextFor('1.19.7', { policyKinds });
    for (const written of POLICIES) {
      const parsed = parsePolicy(written, context);
      assert.equal(parsed.kind, 'parsed');
      const read = written !== unread;
      assert.deepEqual([rulesOf(parsed).length > 0, prefixesOf(parsed).length > 0], [read, read], written.kind);
    }
  }
});

test('a deny that the agent does not read contradicts nothing', () => {
  const deny = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['9.0.0.0/8'] }] });
  const allow = policy('a/p', egress);
  const verdict = (options: Readonly<Record<string, string>>): string =>
    submit(storeWith([ciliumConfig(options), namespace('a'), pod('a/x'), deny]), allow).verdict;
  assert.equal(verdict({}), 'deny');
  assert.equal(verdict({ 'enable-cilium-clusterwide-network-policy': 'false' }), 'allow');
  assert.equal(verdict({ 'enable-cilium-network-policy': 'false' }), 'allow');
});
