import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatLabel } from '../../../../src/cilium/identity/label.ts';
import { idleIdentities, learnedPrefixes, matchesName, registeredNames } from '../../../../src/cilium/policy/fqdn.ts';
import { cnp, contextFor, podLabels, policyOf, type Spec } from '../../../support/policies.ts';

suite('a pattern', () => {
  const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['example.com', ['example.com', 'Example.COM.'], ['a.example.com', 'examplexcom']],
    ['*.example.com', ['a.example.com', 'a-b_1.example.com', '.example.com'], ['example.com', 'a.b.example.com']],
    ['*example.com', ['example.com', 'sub-example.com'], ['www.example.com']],
    ['sub*.example.com', ['sub.example.com', 'subdomain.example.com'], ['su.example.com', 'sub.a.example.com']],
    ['a*b*c.com', ['abc.com', 'axxbyyc.com', 'abbc.com'], ['acb.com', 'ab.com']],
    ['ab*ba.com', ['abba.com', 'abxba.com'], ['aba.com']],
    ['**.example.com', ['a.example.com', 'a.b.example.com'], ['example.com']],
    ['*', ['example.com', 'a.b.c'], []],
    ['**', ['example.com'], []],
  ];
  for (const [pattern, matching, other] of table) {
    test(pattern, () => {
      for (const name of matching) assert.ok(matchesName(pattern, name), name);
      for (const name of other) assert.ok(!matchesName(pattern, name), name);
    });
  }
});

suite('the names of a policy', () => {
  const names = (spec: Spec, config = {}): readonly string[] => {
    const context = contextFor('1.20.2', config);
    const policy = cnp({ endpointSelector: {}, ...spec });
    return registeredNames(policyOf([policy], { identity: 1001, labels: podLabels('a', 'web') }, context));
  };
  const toFQDNs = [{ matchName: 'api.example.com' }, { matchPattern: '*.example.com' }];

  test('register where a filter asks for them', () => {
    assert.deepEqual(names({ egress: [{ toFQDNs }] }), ['api.example.com', '*.example.com']);
  });

  test('do not register without a filter, nor where policy is off', () => {
    assert.deepEqual(names({ egress: [{ toFQDNs, toPorts: [{}] }] }), []);
    assert.deepEqual(names({ egress: [{ toFQDNs }] }, { enforcement: 'never' }), []);
  });
});

test('a registered name is one identity for each family before it is answered', () => {
  const texts = (config = {}): readonly string[] =>
    idleIdentities(['a.b', 'a.b'], contextFor('1.20.2', config)).map((labels) => labels.map(formatLabel).join(' '));
  assert.deepEqual(texts(), ['fqdn:a.b reserved:world']);
  assert.deepEqual(texts({ ipv6: true }), ['fqdn:a.b reserved:world-ipv4', 'fqdn:a.b reserved:world-ipv6']);
  assert.deepEqual(texts({ fqdnPreallocation: false }), []);
});

test('a learned address has the labels of all registered names that match', () => {
  const answers = new Map([
    ['api.example.com', ['203.0.113.9', 'x']],
    ['other.org', ['203.0.113.10']],
  ]);
  const learned = learnedPrefixes(['api.example.com', '*.example.com', '*.org.'], answers);
  assert.deepEqual(
    learned.map(({ labels }) => labels.map(({ key }) => key)),
    [['api.example.com', '*.example.com'], ['*.org.']],
  );
});
