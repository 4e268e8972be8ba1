import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { difference, EMPTY_SET, has, identitySet, intersect, union, withIdentity, withoutIdentity, } from "../../../../src/cilium/identity/identity-set.js";
const SEED = 65_280;
/** Few distinct numbers, so that sets meet, and both ends of the range. */
const ID = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 256, 0x01000001, 0x7fffffff, 0xffffffff));
const IDS = fc.array(ID, { maxLength: 60 });
function sorted(ids) {
    return [...new Set(ids)].sort((a, b) => a - b);
}
function forAllPairs(check) {
    fc.assert(fc.property(IDS, IDS, check), { seed: SEED });
}
test('a set is ascending and holds each number once', () => {
    fc.assert(fc.property(IDS, (ids) => assert.deepEqual([...identitySet(ids)], sorted(ids))), { seed: SEED });
});
test('union, intersection and difference are those of sets', () => {
    forAllPairs((a, b) => {
        const [left, right, inB] = [identitySet(a), identitySet(b), new Set(b)];
        assert.deepEqual([...union(left, right)], sorted([...a, ...b]));
        assert.deepEqual([...intersect(left, right)], sorted(a.filter((id) => inB.has(id))));
        assert.deepEqual([...difference(left, right)], sorted(a.filter((id) => !inB.has(id))));
    });
});
test('has finds members and nothing else', () => {
    fc.assert(fc.property(IDS, ID, (ids, id) => assert.equal(has(identitySet(ids), id), ids.includes(id))), { seed: SEED });
});
test('adding and removing one identity makes the new set', () => {
    fc.assert(fc.property(IDS, ID, (ids, id) => {
        assert.deepEqual([...withIdentity(identitySet(ids), id)], sorted([...ids, id]));
        assert.deepEqual([...withoutIdentity(identitySet(ids), id)], sorted(ids.filter((other) => other !== id)));
    }), { seed: SEED });
});
test('no operation changes the sets that it is given', () => {
    forAllPairs((a, b) => {
        const [left, right] = [identitySet(a), identitySet(b)];
        union(left, right);
        intersect(left, right);
        difference(left, right);
        withIdentity(left, 7);
        withoutIdentity(left, 7);
        assert.deepEqual([...left], sorted(a));
        assert.deepEqual([...right], sorted(b));
    });
});
test('where nothing changes, the same set comes back', () => {
    const set = identitySet([1, 5]);
    assert.equal(withIdentity(set, 5), set);
    assert.equal(withoutIdentity(set, 4), set);
    assert.equal(union(set, EMPTY_SET), set);
    assert.equal(union(EMPTY_SET, set), set);
});
test('a small result holds no large buffer', () => {
    const large = identitySet(Array.from({ length: 1000 }, (_, index) => index));
    assert.equal(intersect(large, identitySet([3])).buffer.byteLength, 4);
});
//# sourceMappingURL=identity-set.test.js.map