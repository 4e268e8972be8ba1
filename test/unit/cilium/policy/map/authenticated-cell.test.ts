/**
 * What one identity is asked to have at one key.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pace } from '../../../../../src/cilium/pace.ts';
import { cellsOf, type Cell } from '../../../../../src/cilium/policy/map/authenticated-cell.ts';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { IdentitySlots } from '../../../../../src/cilium/policy/map/identity-slots.ts';
import { OriginTable } from '../../../../../src/cilium/policy/map/origin-table.ts';
import { precedenceOf } from '../../../../../src/cilium/policy/precedence.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';

const ids = (): Uint32Array => Uint32Array.of(1_001);
const [ALLOW, DENY] = [precedenceOf(10, { effect: 'allow' }), precedenceOf(10, { effect: 'deny' })];
const [EARLIER_ALLOW, EARLIER_DENY] = [precedenceOf(0, { effect: 'allow' }), precedenceOf(0, { effect: 'deny' })];

type Asked = Pick<Contribution, 'precedence'> & Partial<Contribution>;

/** Origins by their names. */
function cellOf(asked: readonly (Asked & { readonly name?: string })[]) {
  const [slots, origins] = [new IdentitySlots(), new OriginTable()];
  slots.add(ids());
  slots.seal();
  const column = asked.map(({ name, ...one }): Contribution => {
    const refs =
      name === undefined ? [] : ([{ object: { kind: 'NetworkPolicy', namespace: 'a', name }, field: '' }] as const);
    return { ids, origin: origins.indexOf(refs), ...one };
  });
  const options = { slots, origins, wildcards: Int32Array.of(-1), aggregates: true, undecided: 'fewest' } as const;
  const cell: Cell | undefined = runToEnd(cellsOf(column, options, new Pace(1))).get(0);
  assert.ok(cell);
  const names = (index: number): string =>
    origins
      .at(index)
      .map(({ object }) => object.name)
      .join();
  return { ...cell, denyOrigin: names(cell.denyOrigin), allowOrigin: names(cell.allowOrigin) };
}

const NOTHING = {
  deny: 0,
  denyOrigin: '',
  allow: 0,
  allowOrigin: '',
  requirement: 0,
  listener: undefined,
  log: undefined,
  isMixed: false,
  isAfterDeny: true,
};

test('a deny alone asks for nothing else, and an allow alone for no deny', () => {
  assert.deepEqual(cellOf([{ precedence: DENY, name: 'a' }]), { ...NOTHING, deny: DENY, denyOrigin: 'a' });
  const allow = { precedence: ALLOW, requirement: 2, listener: 'l', log: 'text' };
  const { precedence, ...rest } = allow;
  const expected = { ...NOTHING, ...rest, allow: precedence, allowOrigin: 'a', isAfterDeny: false };
  assert.deepEqual(cellOf([{ ...allow, name: 'a' }]), expected);
});

suite('where several ask for one thing', () => {
  for (const [strong, weak, strength, origin] of [
    [EARLIER_DENY, DENY, 'deny', 'denyOrigin'],
    [EARLIER_ALLOW, ALLOW, 'allow', 'allowOrigin'],
  ] as const) {
    test(`the strongest ${strength} counts, and those that are as strong are named`, () => {
      const table = [
        [[weak, strong], 'b'],
        [[strong, weak], 'a'],
        [[strong, strong], 'a,b'],
        [[strong, weak, strong], 'a,c'],
        [[weak, strong, weak], 'b'],
      ] as const;
      for (const [precedences, names] of table) {
        const cell = cellOf(precedences.map((precedence, index) => ({ precedence, name: 'abc'.charAt(index) })));
        assert.deepEqual([cell[strength], cell[origin]], [strong, names]);
      }
    });
  }

  test('the highest requirement counts', () => {
    for (const order of [
      [0, 2, 1],
      [2, 1],
      [1, 2, 0],
    ]) {
      const cell = cellOf(order.map((requirement) => ({ precedence: ALLOW, requirement })));
      assert.equal(cell.requirement, 2);
    }
  });

  test('they are mixed where two allows do not say the same, denies left aside', () => {
    const one = { precedence: ALLOW, requirement: 1, listener: 'l', log: 'a' };
    const isMixed = (...asked: readonly Asked[]): boolean => cellOf(asked).isMixed;
    assert.deepEqual([isMixed(one), isMixed(one, one), isMixed({ precedence: DENY }, one)], [false, false, false]);
    const others = [{ precedence: EARLIER_ALLOW }, { requirement: 2 }, { listener: 'm' }, { log: 'b' }];
    for (const other of others) {
      assert.ok(isMixed(one, { ...one, ...other }), JSON.stringify(other));
      assert.ok(isMixed({ ...one, ...other }, one), JSON.stringify(other));
      assert.ok(isMixed(one, { ...one, ...other }, one), JSON.stringify(other));
    }
    assert.equal(isMixed(one, { precedence: DENY }, one), false);
    const weakest = precedenceOf(2 ** 24 - 1, { effect: 'allow' });
    assert.ok(isMixed({ precedence: weakest }, { precedence: weakest, log: 'a' }));
  });

  test('they come after the deny of everybody where all allows do', () => {
    const after = { precedence: ALLOW, isAfterDeny: true } as const;
    const isAfter = (...asked: readonly Asked[]): boolean => cellOf(asked).isAfterDeny;
    assert.deepEqual(
      [isAfter(after), isAfter(after, { precedence: ALLOW }), isAfter(after, after)],
      [true, false, true],
    );
    assert.equal(isAfter(after, { precedence: DENY }), true);
  });
});
