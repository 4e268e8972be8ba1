import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  endpointSelector,
  equals,
  exists,
  isWildcard,
  matches,
  WILDCARD,
  type Requirement,
} from '../../../../src/cilium/policy/selector.ts';
import { labelsOf } from '../../../support/policies.ts';

const web = labelsOf('k8s:app=web', 'k8s:io.kubernetes.pod.namespace=a');

function requirement(operator: Requirement['operator'], key: string, ...values: readonly string[]): Requirement {
  const [source = '', name = ''] = key.split(':');
  return { source, key: name, operator, values };
}

suite('a requirement', () => {
  const holds = (one: Requirement, labels = web): boolean => matches(endpointSelector([one]), labels);

  test('of source any holds for every source; any other for its own only', () => {
    assert.ok(holds(requirement('Exists', 'any:app')));
    assert.ok(holds(requirement('Exists', 'any:host'), labelsOf('reserved:host')));
    assert.ok(holds(requirement('Exists', 'k8s:app')));
    assert.ok(!holds(requirement('Exists', 'reserved:app')));
    assert.ok(!holds(requirement('Exists', 'k8s:host'), labelsOf('reserved:host')));
  });

  test('In needs one of its values, and the empty value is one', () => {
    assert.ok(holds(requirement('In', 'any:app', 'db', 'web')));
    assert.ok(!holds(requirement('In', 'any:app', 'db')));
    assert.ok(!holds(requirement('In', 'any:tier', '')));
    assert.ok(holds(requirement('In', 'any:app', ''), labelsOf('k8s:app')));
  });

  test('NotIn and DoesNotExist hold where the label is absent', () => {
    assert.ok(holds(requirement('NotIn', 'any:tier', 'front')));
    assert.ok(holds(requirement('NotIn', 'any:app', 'db')));
    assert.ok(!holds(requirement('NotIn', 'any:app', 'db', 'web')));
    assert.ok(holds(requirement('NotIn', 'reserved:app', 'web')));
    assert.ok(holds(requirement('DoesNotExist', 'any:tier')));
    assert.ok(!holds(requirement('DoesNotExist', 'any:app')));
  });

  test('of source cidr holds for every prefix inside', () => {
    const inside = labelsOf('cidr:10.1.0.0/16', 'reserved:world');
    assert.ok(holds(exists('cidr', '10.0.0.0/8'), inside));
    assert.ok(holds(exists('cidr', '10.1.0.0/16'), inside));
    assert.ok(!holds(exists('cidr', '10.1.1.0/24'), inside));
    assert.ok(!holds(exists('cidr', '11.0.0.0/8'), inside));
    assert.ok(holds(exists('cidr', 'fd00--0/8'), labelsOf('cidr:fd00-1--0/32')));
    assert.ok(!holds(exists('cidr', '10.0.0.0/8'), labelsOf('k8s:10.1.0.0/16')));
  });

  test('of key and value in one looks at labels that carry both, and at no others', () => {
    const encoded = (operator: 'In' | 'NotIn', value: string) =>
      ({ ...requirement(operator, 'cidrgroup:role', value), encoded: true }) as const;
    const both = labelsOf('cidrgroup:role=cdn', 'cidrgroup:role+cdn', 'cidrgroup:role+partner');
    assert.ok(holds(encoded('In', 'partner'), both));
    assert.ok(!holds(encoded('NotIn', 'partner'), both));
    assert.ok(!holds(encoded('In', 'cdn'), labelsOf('cidrgroup:role=cdn')));
    assert.ok(holds(encoded('NotIn', 'cdn'), labelsOf('cidrgroup:role=cdn')));
    assert.ok(!holds(encoded('In', 'cdn'), labelsOf('k8s:role+cdn')));
    assert.ok(!holds(requirement('In', 'cidrgroup:role', 'partner'), both));
    assert.notEqual(
      endpointSelector([encoded('In', 'cdn')]).key,
      endpointSelector([requirement('In', 'cidrgroup:role', 'cdn')]).key,
    );
  });
});

suite('a selector', () => {
  test('needs all of its requirements', () => {
    const selector = endpointSelector([equals('any', 'app', 'web'), exists('any', 'tier')]);
    assert.ok(!matches(selector, web));
    assert.ok(matches(selector, labelsOf('k8s:app=web', 'k8s:tier=front')));
  });

  test('without requirements is the wildcard, whatever it was made from', () => {
    assert.ok(isWildcard(WILDCARD));
    assert.equal(endpointSelector([], 'cidr').key, WILDCARD.key);
    assert.ok(matches(endpointSelector([], 'cidr'), web));
  });

  test('has the same key in whatever order and however often its parts are given', () => {
    const one = endpointSelector([requirement('In', 'any:app', 'b', 'a', 'b'), exists('k8s', 'x')]);
    const two = endpointSelector([exists('k8s', 'x'), requirement('In', 'any:app', 'a', 'b'), exists('k8s', 'x')]);
    assert.equal(one.key, two.key);
    assert.deepEqual(one.requirements, two.requirements);
    const twice = endpointSelector([requirement('In', 'any:app', 'a', 'a')]);
    assert.equal(twice.key, endpointSelector([requirement('In', 'any:app', 'a')]).key);
  });

  test('has another key for another source, operator, value or origin', () => {
    const keys = [
      endpointSelector([exists('any', 'x')]),
      endpointSelector([exists('k8s', 'x')]),
      endpointSelector([requirement('DoesNotExist', 'any:x')]),
      endpointSelector([equals('any', 'x', '')]),
      endpointSelector([requirement('In', 'any:x', 'a', 'b')]),
      endpointSelector([requirement('In', 'any:x', 'a,b')]),
      endpointSelector([exists('any', 'x')], 'cidr'),
    ].map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });

  test('made from a CIDR rule of 1.20 takes identities with a world label only, of any source', () => {
    const selector = endpointSelector([requirement('NotIn', 'cidrgroup:role', 'partner')], 'cidr');
    assert.ok(matches(selector, labelsOf('reserved:world')));
    assert.ok(matches(selector, labelsOf('reserved:world-ipv6')));
    assert.ok(matches(selector, labelsOf('k8s:world=x')));
    assert.ok(!matches(selector, web));
  });
});
