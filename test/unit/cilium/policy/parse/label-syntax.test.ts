import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isLabelOfName,
  isLabelValue,
  isQualifiedName,
  isSubdomain,
} from '../../../../../src/cilium/policy/parse/label-syntax.ts';

const of = (length: number): string => 'x'.repeat(length);
/** Of so many characters, in parts of one. */
const dotted = (length: number): string => 'a.'.repeat(length).slice(0, length - 1) + 'a';

test('a name has 63 characters at most, and a subdomain 253', () => {
  assert.equal(dotted(253).length, 253);
  const longest = [isLabelValue(of(63)), isLabelOfName(of(63)), isSubdomain(dotted(253)), isQualifiedName(of(63))];
  assert.deepEqual(longest, [true, true, true, true]);
  const longer = [isLabelValue(of(64)), isLabelOfName(of(64)), isSubdomain(`${dotted(253)}a`), isQualifiedName(of(64))];
  assert.deepEqual(longer, [false, false, false, false]);
});

test('both parts of a key are bounded, and there are no more than two', () => {
  assert.ok(isQualifiedName(`${dotted(253)}/${of(63)}`));
  for (const text of [`${dotted(253)}a/x`, `a/${of(64)}`, 'a/b/c', '/a', 'a/', 'A/b', '']) {
    assert.equal(isQualifiedName(text), false, text);
  }
});
