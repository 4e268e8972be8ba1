import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatLabel } from '../../../../../src/cilium/identity/label.ts';
import { idleIdentities, learnedAddresses, registeredNames } from '../../../../../src/cilium/policy/prefixes/fqdn.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
import { cnp, contextFor, podLabels, policyOf, type Spec } from '../../../../support/policies.ts';

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

  test('register each once, and also where everybody is let through on their port', () => {
    const toPorts = [{ ports: [{ port: '443', protocol: 'TCP' }] }];
    const egress = [{ toFQDNs, toPorts }, { toPorts }, { toFQDNs: [{ matchName: 'api.example.com' }] }];
    assert.deepEqual(names({ egress }), ['api.example.com', '*.example.com']);
    assert.deepEqual(names({ egress: egress.slice(0, 2) }), ['api.example.com', '*.example.com']);
  });

  test('do not register by their label in a selector of labels', () => {
    const toEndpoints = [{ matchExpressions: [{ key: 'fqdn:api.example.com', operator: 'Exists' }] }];
    assert.deepEqual(names({ egress: [{ toEndpoints }] }), []);
  });

  test('do not register without a filter, nor where policy is off', () => {
    assert.deepEqual(names({ egress: [{ toFQDNs, toPorts: [{}] }] }), []);
    assert.deepEqual(names({ egress: [{ toFQDNs }] }, { enforcement: 'never' }), []);
  });
});

test('a registered name is one identity for each family before it is answered', () => {
  const texts = (config = {}): readonly string[] => {
    const identities = [...idleIdentities(['a.b'], contextFor('1.20.2', config))];
    return identities.map((labels) => labels.map(formatLabel).join(' '));
  };
  assert.deepEqual(texts(), ['fqdn:a.b reserved:world']);
  assert.deepEqual(texts({ ipv6: true }), ['fqdn:a.b reserved:world-ipv4', 'fqdn:a.b reserved:world-ipv6']);
  assert.deepEqual(texts({ ipv4: false, ipv6: true }), ['fqdn:a.b reserved:world']);
  assert.deepEqual(texts({ fqdnPreallocation: false }), []);
});

test('a learned address has the labels of all registered names that its names match', () => {
  const answers = new Map([
    ['api.example.com', ['203.0.113.9', 'x']],
    ['API.example.com.', ['203.0.113.11']],
    ['other.org', ['203.0.113.10', '203.0.113.9']],
    ['else.net', ['203.0.113.12']],
  ]);
  const registered = ['api.example.com', '*.example.com', '*.org.'];
  const learned = runToEnd(learnedAddresses(registered, answers, contextFor('1.20.2').profile));
  const byAddress = [...learned].map(([address, { labels }]) => [address, labels.map(({ key }) => key).sort()]);
  assert.deepEqual(byAddress, [
    ['203.0.113.9/32', ['*.example.com', '*.org.', 'api.example.com']],
    ['203.0.113.11/32', ['*.example.com', 'api.example.com']],
    ['203.0.113.10/32', ['*.org.']],
  ]);
});

test('tens of thousands of names and answers are matched without a look at every pair', () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `n${index}.example.com`);
  const answers = new Map(names.map((name) => [name, ['203.0.113.9']]));
  let steps = 0;
  const matching = learnedAddresses(names, answers, contextFor('1.20.2').profile);
  while (matching.next().done !== true) steps += 1;
  assert.ok(steps > 1_000, `${steps} steps`);
});
