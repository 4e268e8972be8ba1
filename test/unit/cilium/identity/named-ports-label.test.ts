import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namedPortsLabels } from '../../../../src/cilium/identity/named-ports-label.ts';
import { formatLabel } from '../../../../src/cilium/identity/label.ts';
import type { ContainerPort } from '../../../../src/cilium/objects.ts';

/** `http/TCP/80`; without a protocol `http//80`. */
function ports(...written: readonly string[]): readonly ContainerPort[] {
  return written.map((text) => {
    const [name = '', protocol = '', port = ''] = text.split('/');
    return { name, protocol, port: Number(port) };
  });
}

function printed(...written: readonly string[]): readonly string[] {
  return namedPortsLabels(ports(...written)).map(formatLabel);
}

const KEY = 'gen:io.cilium.k8s.named-ports';

test('ports are sorted by name and print as name, protocol and number', () => {
  assert.deepEqual(printed('https/TCP/443', 'dns/UDP/53', 'http//80'), [`${KEY}=dns.UDP.53_http.TCP.80_https.TCP.443`]);
});

test('without a named port there is no label', () => {
  assert.deepEqual(printed(), []);
  assert.deepEqual(printed('/TCP/80'), []);
});

test('of one name the last port counts, in any case of its letters', () => {
  assert.deepEqual(printed('http/TCP/80', 'HTTP/UDP/8080'), [`${KEY}=http.UDP.8080`]);
});

test('a port that cannot be taken does not displace one of its name', () => {
  assert.deepEqual(printed('http/TCP/80', 'http/bogus/81', 'http/TCP/0'), [`${KEY}=http.TCP.80`]);
});

for (const name of ['8080', 'a--b', '-a', 'a-', 'sixteen-chars-xx', 'a_b', 'a.b', 'h\u00e9', '']) {
  test(`"${name}" is not the name of a port`, () => assert.deepEqual(printed(`${name}/TCP/80`), []));
}

for (const name of ['a', '1a', 'a1', 'a-1-b', 'fifteen-chars-x', '0-0-0-a']) {
  test(`"${name}" is the name of a port`, () => assert.deepEqual(printed(`${name}/TCP/80`), [`${KEY}=${name}.TCP.80`]));
}

for (const [protocol, shown] of [
  ['tcp', 'TCP'],
  ['SCTP', 'SCTP'],
  ['icmpv6', 'ICMPv6'],
  ['IPV6', 'IPv6'],
] as const) {
  test(`the protocol ${protocol} prints as ${shown}`, () => {
    assert.deepEqual(printed(`a/${protocol}/1`), [`${KEY}=a.${shown}.1`]);
  });
}

for (const protocol of ['ANY', 'all', 'none', 'bogus', 'constructor']) {
  test(`the protocol ${protocol} is skipped`, () => assert.deepEqual(printed(`a/${protocol}/1`), []));
}

for (const port of [0, -1, 65_536, 80.5, Number.NaN]) {
  test(`port ${port} is skipped`, () => assert.deepEqual(namedPortsLabels([{ name: 'a', protocol: '', port }]), []));
}

test('a value of exactly 63 characters is one label, one more starts another', () => {
  const two = ['abcdefghijklmno/TCP/65535', 'bbcdefghijklmno/TCP/65535'];
  assert.deepEqual(
    printed(...two, 'c/TCP/65535').map((label) => label.length - `${KEY}=`.length),
    [63],
  );
  assert.deepEqual(printed(...two, 'cc/TCP/65535'), [
    `${KEY}=abcdefghijklmno.TCP.65535_bbcdefghijklmno.TCP.65535`,
    `${KEY}-1=cc.TCP.65535`,
  ]);
});

test('no value is longer than Kubernetes allows, and none of the ports is lost', () => {
  const name = fc.stringMatching(/^[a-z]{1,15}$/);
  const port = fc.record({
    name,
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
    port: fc.integer({ min: 1, max: 65_535 }),
  });
  fc.assert(
    fc.property(fc.array(port, { maxLength: 40 }), (list) => {
      const labels = namedPortsLabels(list);
      assert.ok(labels.every(({ value }) => value.length <= 63));
      const shown = labels.flatMap(({ value }) => value.split('_')).map((entry) => entry.split('.')[0]);
      assert.deepEqual(shown, [...new Set(list.map((entry) => entry.name))].sort());
    }),
    { seed: 120 },
  );
});
