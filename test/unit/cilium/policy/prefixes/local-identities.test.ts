import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatLabel } from '../../../../../src/cilium/identity/label.ts';
import type { CiliumCIDRGroup } from '../../../../../src/cilium/objects.ts';
import { parsePrefix } from '../../../../../src/cilium/policy/prefixes/cidr.ts';
import { groupPrefixes } from '../../../../../src/cilium/policy/prefixes/cidr-groups.ts';
import { PrefixLabels, type LabelledPrefix } from '../../../../../src/cilium/policy/prefixes/local-identities.ts';
import { contextFor, labelsOf } from '../../../../support/policies.ts';
import { profileFor } from '../../../../support/profile.ts';

const context = contextFor('1.20.2');

function texts(prefixes: readonly string[], labelled: readonly LabelledPrefix[] = [], within = context) {
  const sets = new PrefixLabels(within, prefixes, labelled).labelSets();
  return [...new Set(Array.from(sets, ({ labels }) => labels.map(formatLabel).join(' ')))].sort();
}

function group(name: string, cidrs: readonly string[], labels: Readonly<Record<string, string>> = {}): CiliumCIDRGroup {
  return { kind: 'CiliumCIDRGroup', name, uid: '', terminating: false, labels: new Map(Object.entries(labels)), cidrs };
}

function labelled(text: string, ...labels: readonly string[]): LabelledPrefix {
  const prefix = parsePrefix(text);
  assert.ok(prefix);
  return { prefix, labels: labelsOf(...labels) };
}

suite('a prefix of a policy', () => {
  test('is one identity with its own cidr label, however deep it lies in others', () => {
    assert.deepEqual(texts(['10.0.0.0/8', '10.1.0.0/16', '10.1.0.0/16']), [
      'cidr:10.0.0.0/8 reserved:world',
      'cidr:10.1.0.0/16 reserved:world',
    ]);
  });

  test('of length 0, or that can not be read, is none', () => {
    assert.deepEqual(texts(['0.0.0.0/0', '::/0', 'x']), []);
  });

  test('has the world label of its family in dual stack', () => {
    assert.deepEqual(texts(['10.0.0.0/8', 'fd00::/8'], [], contextFor('1.20.2', { ipv6: true })), [
      'cidr:10.0.0.0/8 reserved:world-ipv4',
      'cidr:fd00--0/8 reserved:world-ipv6',
    ]);
  });
});

suite('a prefix of IPv4-mapped addresses', () => {
  const dual = contextFor('1.20.2', { ipv6: true });

  test('has the world label of the IPv4 prefixes around the address that it starts with, the address itself included', () => {
    for (const around of ['10.1.0.0/16', '10.1.2.0/24', '10.1.2.0/32']) {
      assert.deepEqual(texts(['::ffff:10.1.2.0/120', around], [], dual).slice(0, 1), [
        'cidr:0--ffff-10.1.2.0/120 reserved:world-ipv4 reserved:world-ipv6',
      ]);
    }
    for (const other of ['10.1.2.1/32', '10.1.3.0/24', '::ffff:10.0.0.0/104']) {
      const [mapped] = texts(['::ffff:10.1.2.0/120', other], [], dual).filter((text) => text.includes('/120'));
      assert.equal(mapped, 'cidr:0--ffff-10.1.2.0/120 reserved:world-ipv6');
    }
  });

  test('has their labels, and their cidr label where it has none', () => {
    const members = [labelled('::ffff:10.1.2.3/128', 'cidrgroup:a='), labelled('10.1.0.0/16', 'cidrgroup:b=')];
    assert.deepEqual(texts(['10.0.0.0/8'], members, dual).slice(1), [
      'cidr:10.0.0.0/8 cidrgroup:b reserved:world-ipv4',
      'cidr:10.0.0.0/8 reserved:world-ipv4',
    ]);
    assert.deepEqual(texts(['10.0.0.0/8'], members, dual).slice(0, 1), [
      'cidr:10.0.0.0/8 cidrgroup:a cidrgroup:b reserved:world-ipv4 reserved:world-ipv6',
    ]);
  });

  test('has nothing of what was learned of the address', () => {
    const learned = [labelled('10.1.2.3/32', 'fqdn:api.example.com')];
    assert.deepEqual(texts(['::ffff:10.1.2.3/128'], learned, dual), [
      'cidr:0--ffff-10.1.2.3/128 reserved:world-ipv6',
      'fqdn:api.example.com reserved:world-ipv4',
    ]);
  });

  test('has the world label of 0.0.0.0/0, which is no identity itself', () => {
    assert.deepEqual(texts(['::ffff:10.1.2.3/128', '0.0.0.0/0'], [], contextFor('1.18.8', { ipv6: true })), [
      'cidr:0--ffff-10.1.2.3/128 reserved:world-ipv4 reserved:world-ipv6',
    ]);
  });
});

suite('a prefix with labels of its own', () => {
  test('takes the cidr label of the nearest prefix around it, and no second one', () => {
    const learned = [labelled('10.1.2.3/32', 'fqdn:api.example.com')];
    assert.deepEqual(texts(['10.0.0.0/8', '10.1.0.0/16'], learned).slice(1), [
      'cidr:10.1.0.0/16 fqdn:api.example.com reserved:world',
      'cidr:10.1.0.0/16 reserved:world',
    ]);
  });

  test('hands its labels down to the prefixes inside it, the longest winning', () => {
    const groups = [labelled('10.0.0.0/8', 'cidrgroup:role=wide'), labelled('10.1.0.0/16', 'cidrgroup:role=narrow')];
    assert.deepEqual(texts(['10.1.2.0/24'], groups), [
      'cidr:10.1.2.0/24 cidrgroup:role=narrow reserved:world',
      'cidrgroup:role=narrow reserved:world',
      'cidrgroup:role=wide reserved:world',
    ]);
  });
});

suite('the members of a CIDR group', () => {
  const role = { role: 'cdn', 'io.cilium.k8s.x': 'dropped' };

  test('share one identity, with a label that carries key and value in one since 1.19.5', () => {
    const members = group('g', ['10.0.0.0/8', '8.8.8.8/32', 'not a prefix'], role);
    const name = 'cidrgroup:io.cilium.policy.cidrgroupname/g';
    assert.deepEqual(texts([], groupPrefixes([members], context.profile)), [
      `${name} cidrgroup:role=cdn cidrgroup:role+cdn reserved:world`,
    ]);
    assert.deepEqual(texts([], groupPrefixes([members], profileFor('1.18.8'))), [
      `${name} cidrgroup:role=cdn reserved:world`,
    ]);
  });

  test('of two groups that disagree keep the label of the one whose name sorts first', () => {
    const groups = [group('h', ['10.0.0.0/8'], { role: 'b' }), group('g', ['10.0.0.0/8'], { role: 'a' })];
    const [set] = new PrefixLabels(context, [], groupPrefixes(groups, context.profile)).labelSets();
    const shown = (set?.labels ?? []).map(formatLabel);
    assert.ok(shown.includes('cidrgroup:role=a'));
    assert.ok(shown.includes('cidrgroup:role+a') && shown.includes('cidrgroup:role+b'));
  });
});
