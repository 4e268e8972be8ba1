import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { formatLabel } from '../../../../../src/cilium/identity/label.ts';
import type { CiliumCIDRGroup } from '../../../../../src/cilium/objects.ts';
import {
  containsPrefix,
  formatPrefix,
  parseAddress,
  parsePrefix,
  type Prefix,
} from '../../../../../src/cilium/policy/prefixes/cidr.ts';
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

  test('has what was learned of the address where something was learned of itself', () => {
    const learned = [labelled('10.1.2.3/32', 'fqdn:a.example'), labelled('::ffff:10.1.2.3/128', 'fqdn:b.example')];
    const [, mapped] = texts([], learned, dual);
    assert.equal(mapped, 'fqdn:a.example reserved:world-ipv4');
    assert.equal(texts([], learned, dual)[0], 'fqdn:a.example fqdn:b.example reserved:world-ipv6');
  });

  test('has the world label of the members of a CIDR group around it, and not of what is only an API server', () => {
    const worldOf = (...labels: readonly string[]) => {
      const [mapped] = texts(['::ffff:10.1.2.3/128'], [labelled('10.1.0.0/16', ...labels)], dual);
      return mapped?.includes('world-ipv4');
    };
    assert.equal(worldOf('cidrgroup:a='), true);
    assert.equal(worldOf('cidrgroup:a=', 'reserved:kube-apiserver'), true);
    assert.equal(worldOf('reserved:kube-apiserver'), false);
  });

  test('has the world label of 0.0.0.0/0, which is no identity itself', () => {
    assert.deepEqual(texts(['::ffff:10.1.2.3/128', '0.0.0.0/0'], [], contextFor('1.18.8', { ipv6: true })), [
      'cidr:0--ffff-10.1.2.3/128 reserved:world-ipv4 reserved:world-ipv6',
    ]);
  });
});

suite('what is known of a prefix', () => {
  const ofText = (prefixes: PrefixLabels, text: string) => {
    const set = prefixes.labelSetOf(text);
    return set === undefined ? undefined : set.labels.map(formatLabel).join(' ');
  };

  test('is told of those alone that are identities of a node', () => {
    const prefixes = new PrefixLabels(context, ['0.0.0.0/0', '128.0.0.0/1', '10.0.0.0/8'], []);
    assert.deepEqual(
      ['0.0.0.0/0', '128.0.0.0/1', '10.0.0.0/8', '10.1.0.0/16'].map((text) => ofText(prefixes, text)),
      [undefined, 'cidr:128.0.0.0/1 reserved:world', 'cidr:10.0.0.0/8 reserved:world', undefined],
    );
  });

  test('makes it one by any label beside that of the world, whatever its key', () => {
    assert.deepEqual(texts([], [labelled('10.0.0.0/8', 'cidrgroup:zone=a')]), ['reserved:world cidrgroup:zone=a']);
    assert.deepEqual(texts([], [labelled('10.0.0.0/8', 'cidrgroup:area=a')]), ['cidrgroup:area=a reserved:world']);
    assert.deepEqual(texts([], [labelled('10.0.0.1/32', 'reserved:host')]), ['reserved:host']);
  });

  test('is that of the longest around it, or of itself', () => {
    const prefixes = new PrefixLabels(context, ['10.0.0.0/8', '10.1.0.0/16'], []);
    const nearest = (text: string) => prefixes.nearest(parsePrefix(text) ?? assert.fail());
    assert.deepEqual(nearest('10.1.2.3/32'), parsePrefix('10.1.0.0/16'));
    assert.deepEqual(nearest('10.0.0.0/8'), parsePrefix('10.0.0.0/8'));
    assert.equal(nearest('11.0.0.0/8'), undefined);
  });

  test('names the prefix of its cidr label, which a node has only where prefixes match nodes', () => {
    const of = (settings: object) => {
      const node = [labelled('10.0.0.1/32', 'reserved:host')];
      return new PrefixLabels(contextFor('1.20.2', settings), ['10.0.0.0/8'], node).labelSetOf('10.0.0.1/32')?.cidr;
    };
    assert.equal(of({}), undefined);
    assert.deepEqual(of({ cidrMatchMode: ['nodes'] }), parsePrefix('10.0.0.0/8'));
  });

  test('is known once, however often its labels are told', () => {
    const twice = [labelled('10.1.0.0/16', 'cidrgroup:a=1'), labelled('10.1.0.0/16', 'cidrgroup:b=1')];
    const prefixes = new PrefixLabels(context, [], twice);
    assert.deepEqual([...prefixes.dependingOn(parsePrefix('10.0.0.0/8') ?? assert.fail())], ['10.1.0.0/16']);
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

suite('prefixes that come and go', () => {
  const OVER = ['0.0.0.0/0', '128.0.0.0/1', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.3/32', 'fd00::/8'];
  const MAPPED = ['::ffff:10.1.2.3/128', '::ffff:10.1.0.0/112', '::ffff:0.0.0.0/96'];
  const TEXTS = [...OVER, ...MAPPED];
  const prefixOf = (text: string): Prefix => parsePrefix(text) ?? assert.fail(text);

  const carriers = fc.uniqueArray(
    fc.record({
      text: fc.constantFrom(...TEXTS),
      label: fc.constantFrom('cidrgroup:a=1', 'cidrgroup:b=1', 'fqdn:x', 'reserved:kube-apiserver', 'reserved:host'),
    }),
    { maxLength: 3, selector: ({ text }) => text },
  );
  const asked = fc.record({
    before: fc.subarray(TEXTS),
    carrying: carriers,
    changes: fc.array(fc.tuple(fc.constantFrom(...TEXTS), fc.boolean()), { maxLength: 6 }),
    learned: fc.subarray(['10.1.2.3/32', '::ffff:10.1.2.3/128']),
    version: fc.constantFrom('1.18.8', '1.20.2'),
  });
  type Asked = typeof asked extends fc.Arbitrary<infer Value> ? Value : never;

  function said(prefixes: PrefixLabels) {
    const setText = ({ labels, cidr }: { labels: ReturnType<typeof labelsOf>; cidr: Prefix | undefined }) =>
      `${labels.map(formatLabel).join(' ')} of ${cidr === undefined ? 'none' : formatPrefix(cidr)}`;
    const nearest = (text: string) => prefixes.nearest(prefixOf(text));
    const of = (text: string) => {
      const set = prefixes.labelSetOf(text);
      return set === undefined ? 'none' : setText(set);
    };
    return {
      all: Array.from(prefixes.labelSets(), setText).sort(),
      each: TEXTS.map((text) => `${text}: ${of(text)}`),
      nearest: [...TEXTS, '10.1.2.4/32', '10.2.0.0/16', '192.0.2.1/32'].map((text) => {
        const found = nearest(text);
        return found === undefined ? 'none' : formatPrefix(found);
      }),
      labels: TEXTS.map((text) => prefixes.labelsOf(prefixOf(text)).map(formatLabel).join(' ')),
    };
  }

  /** Changed step by step over others, and made at once. */
  function bothOf({ before, carrying, changes, learned, version }: Asked) {
    const within = contextFor(version, { ipv6: true });
    const members = carrying.map(({ text, label }) => labelled(text, label));
    const below = new PrefixLabels(within, before, members);
    const over = below.overlaid();
    const named = new Set(before);
    for (const [text, isNamed] of changes) {
      over.setNamed(text, prefixOf(text), isNamed);
      if (isNamed) named.add(text);
      else named.delete(text);
    }
    for (const text of learned) over.carry(text, prefixOf(text), labelsOf('fqdn:y'));
    const added = learned.map((text) => labelled(text, 'fqdn:y'));
    return { below, over, fresh: new PrefixLabels(within, named, [...members, ...added]) };
  }

  test('are what they are when all are known from the start, and leave what is below as it is', () => {
    fc.assert(
      fc.property(asked, (question) => {
        const { below, over, fresh } = bothOf(question);
        assert.deepEqual(said(over), said(fresh));
        assert.deepEqual(said(below), said(bothOf({ ...question, changes: [], learned: [] }).fresh));
      }),
      { seed: 20261123, numRuns: 200 },
    );
  });

  test('change the labels of those alone that depend on them', () => {
    const labelsIn = (prefixes: PrefixLabels) => new Map(TEXTS.map((text) => [text, prefixes.labelSetOf(text)]));
    fc.assert(
      fc.property(asked, fc.constantFrom(...OVER), fc.boolean(), (question, text, isNamed) => {
        const { over, below } = bothOf({ ...question, learned: [] });
        for (const prefixes of [over, over.overlaid(), below.overlaid()]) {
          const depending = new Set(prefixes.dependingOn(prefixOf(text)));
          const before = labelsIn(prefixes);
          prefixes.setNamed(text, prefixOf(text), isNamed);
          for (const [other, set] of labelsIn(prefixes)) {
            if (other !== text && !depending.has(other))
              assert.deepEqual(set, before.get(other), `${other} of ${text}`);
          }
        }
      }),
      { seed: 20261123, numRuns: 300 },
    );
  });

  test('are told once each', () => {
    const dual = contextFor('1.20.2', { ipv6: true });
    const below = new PrefixLabels(dual, ['::ffff:10.1.2.3/128'], [labelled('10.1.0.0/16', 'cidrgroup:a=1')]);
    const over = below.overlaid();
    for (const prefixes of [below, over]) {
      for (let times = 0; times < 2; times += 1) {
        prefixes.setNamed('::ffff:10.1.2.3/128', prefixOf('::ffff:10.1.2.3/128'), true);
        prefixes.setNamed('10.1.0.0/16', prefixOf('10.1.0.0/16'), true);
      }
      assert.deepEqual([...prefixes.dependingOn(prefixOf('10.0.0.0/8'))], ['10.1.0.0/16', '::ffff:10.1.2.3/128']);
      assert.deepEqual([...prefixes.dependingOn(prefixOf('10.2.0.0/16'))], []);
      assert.deepEqual([...prefixes.dependingOn(prefixOf('fd00::/8'))], []);
    }
  });

  test('have, of IPv4, the labels that stand nearest', () => {
    const ofFour = OVER.filter((text) => text !== 'fd00::/8');
    const address = parseAddress('10.1.2.3') ?? assert.fail();
    fc.assert(
      fc.property(fc.subarray(ofFour), carriers, (named, carrying) => {
        const own = carrying.filter(({ text, label }) => !MAPPED.includes(text) && label !== 'reserved:host');
        const prefixes = new PrefixLabels(
          contextFor('1.20.2'),
          named,
          own.map(({ text, label }) => labelled(text, label)),
        );
        const around = ofFour.filter((text) => containsPrefix(prefixOf(text), address)).toReversed();
        const cidr = around.find((text) => named.includes(text) && !text.endsWith('/0'));
        const byKey = new Map(
          around
            .toReversed()
            .flatMap((text) => own.filter((one) => one.text === text))
            .map(({ label }) => [label.replace(/=.*/, ''), label]),
        );
        const expected = labelsOf(...(cidr === undefined ? [] : [`cidr:${cidr}`]), ...byKey.values(), 'reserved:world');
        assert.deepEqual(prefixes.labelsOf(address).map(formatLabel), expected.map(formatLabel));
      }),
      { seed: 20261123, numRuns: 300 },
    );
  });
});
