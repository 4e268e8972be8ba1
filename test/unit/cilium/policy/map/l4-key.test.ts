import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coversL4, l4Key, portOf, prefixLengthOf, protocolOf } from '../../../../../src/cilium/policy/map/l4-key.ts';
import type { PortBlock } from '../../../../../src/cilium/policy/ports.ts';

/** Every block with one of these ports in it. */
const BLOCKS: readonly PortBlock[] = [0, 1, 80, 0xffff].flatMap((port) =>
  Array.from({ length: 17 }, (_, prefixLength) => ({ port: port - (port % 2 ** (16 - prefixLength)), prefixLength })),
);
const PROTOCOLS = [6, 7, 255];
const PLACES = PROTOCOLS.flatMap((protocol) => BLOCKS.map((block) => ({ protocol, ...block })));
const EVERYTHING = { protocol: 0, port: 0, prefixLength: 0 };

test('a key keeps what it is made of', () => {
  for (const { protocol, ...block } of [EVERYTHING, ...PLACES]) {
    const key = l4Key(protocol, block);
    assert.deepEqual(
      { protocol: protocolOf(key), port: portOf(key), prefixLength: prefixLengthOf(key) },
      {
        protocol,
        ...block,
      },
    );
  }
});

test('a key covers those of its protocol whose ports are all its own, itself too, and what is for everything covers all', () => {
  const endOf = ({ port, prefixLength }: PortBlock): number => port + 2 ** (16 - prefixLength);
  for (const broad of [EVERYTHING, ...PLACES]) {
    for (const narrow of [EVERYTHING, ...PLACES]) {
      const holds = broad.port <= narrow.port && endOf(narrow) <= endOf(broad);
      const expected = broad === EVERYTHING || (broad.protocol === narrow.protocol && holds);
      const [one, other] = [l4Key(broad.protocol, broad), l4Key(narrow.protocol, narrow)];
      assert.equal(coversL4(one, other), expected, JSON.stringify([broad, narrow]));
      if (expected) assert.ok(one <= other, `${JSON.stringify(broad)} stands before what it covers`);
    }
  }
});
