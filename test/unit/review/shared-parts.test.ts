/**
 * What is not modelled in a NetworkPolicy is one list for the rules of all its peers, and is walked once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CHECK_SETTINGS } from '../../../src/checks/settings.ts';
import { resolve } from '../../../src/cilium/policy/resolve.ts';
import type { ParsedPolicy, Rule, Unsupported } from '../../../src/cilium/policy/rule.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { uncoveredByChange } from '../../../src/review/coverage.ts';
import { countedReads } from '../../support/counted-reads.ts';
import { decoded, policy, storeWith } from '../../support/objects.ts';
import { cnp, contextFor, podLabels, rulesOf } from '../../support/policies.ts';

const RULES = 2_000;
const PARTS = 50;
const CONTEXT = contextFor('1.19.7');

function sharing(): { readonly rules: readonly Rule[]; readonly reads: () => number } {
  const parts = Array.from({ length: PARTS }, (_, index) => ({ feature: 'port names', field: `spec.ports[${index}]` }));
  const { items, reads } = countedReads<Unsupported>(parts);
  const [rule] = rulesOf(cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] }), CONTEXT);
  assert.ok(rule !== undefined);
  return { rules: Array.from({ length: RULES }, () => ({ ...rule, unsupported: items })), reads };
}

test('where it is told of what is submitted', () => {
  const { rules, reads } = sharing();
  const submitted = decoded(policy('a/p', { endpointSelector: {} }));
  const parsed: ParsedPolicy = {
    kind: 'parsed',
    object: { kind: 'CiliumNetworkPolicy', name: 'p' },
    rules,
    prefixes: [],
  };
  const view = new Proxy(storeWith([]).view(), {
    get(target, name): unknown {
      if (name === 'policy') return () => parsed;
      return Reflect.get(target, name, target);
    },
  }) satisfies ClusterView;
  const [told] = uncoveredByChange({ op: 'create', after: submitted }, () => view, DEFAULT_CHECK_SETTINGS);
  assert.equal(told?.reason, 'the model does not cover port names, here and at 49 other fields');
  assert.ok(reads() <= 2 * PARTS, `${reads()} reads`);
});

test('where it is said of the map of a class', () => {
  const { rules, reads } = sharing();
  const resolved = resolve(rules, { labels: podLabels('a', 'web') }, CONTEXT);
  assert.ok(resolved.ok);
  assert.equal(resolved.value.unsupported.length, PARTS);
  assert.ok(reads() <= 2 * PARTS, `${reads()} reads`);
});
