import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { uidAtFront } from '../../../src/server/review-uid.ts';

const review = (request: object): Buffer =>
  Buffer.from(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request }));

test('the uid of a review as the API server writes it is found', () => {
  const body = review({ uid: '705ab4f5-6393-11e8-b7cc-42010a800002', object: { uid: 'other' } });
  assert.equal(uidAtFront(body), '705ab4f5-6393-11e8-b7cc-42010a800002');
  assert.equal(uidAtFront(body.subarray(0, 150)), '705ab4f5-6393-11e8-b7cc-42010a800002');
});

const unusual: readonly (readonly [name: string, body: Buffer])[] = [
  ['another order of keys', review({ object: { uid: 'inner' }, uid: 'outer' })],
  ['an escape in the uid', review({ uid: 'a"b' })],
  ['an empty uid', review({ uid: '' })],
  ['a uid of another type', review({ uid: 7 })],
  [
    'another version',
    Buffer.from('{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"a"'),
  ],
  ['a uid that is cut off', review({ uid: 'abc' }).subarray(0, -3)],
  ['nothing', Buffer.alloc(0)],
];

for (const [name, body] of unusual) {
  test(`a body with ${name} has no uid at its front`, () => assert.equal(uidAtFront(body), undefined));
}

test('a uid that is found is the one that JSON.parse finds', () => {
  const uid = fc.oneof(fc.uuid(), fc.string(), fc.integer());
  const request = fc.oneof(
    fc.record({ uid, object: fc.jsonValue() }),
    fc.record({ object: fc.jsonValue(), uid }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(request, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(
        { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: value },
        undefined,
        indent,
      );
      const found = uidAtFront(Buffer.from(text));
      if (found === undefined) return;
      const parsed = JSON.parse(text) as { readonly request: { readonly uid: unknown } };
      assert.equal(found, parsed.request.uid);
    }),
    { seed: 7 },
  );
});
