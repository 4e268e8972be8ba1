import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readReview, toResponse, type Answer } from '../../../src/kubernetes/admission-review.ts';
import { statusBody } from '../../../src/kubernetes/status.ts';
import { anyText } from '../../support/any-text.ts';

const seed = 20261122;
const envelope = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };

/** A review as an API server of version 1.37 writes it. */
const review = {
  ...envelope,
  request: {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'status',
    requestKind: { group: '', version: 'v1', kind: 'Pod' },
    name: 'web-0',
    namespace: 'team-a',
    operation: 'UPDATE',
    userInfo: { username: 'jane', uid: 'u', groups: ['dev', 'system:authenticated'], extra: { k: ['v'] } },
    object: { metadata: { name: 'web-0' } },
    oldObject: { metadata: { name: 'web-0', labels: {} } },
    dryRun: true,
    options: { kind: 'UpdateOptions' },
  },
};

test('a review is read with everything that is judged or recorded', () => {
  assert.deepEqual(readReview(review), {
    ok: true,
    value: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      operation: 'UPDATE',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subresource: 'status',
      name: 'web-0',
      namespace: 'team-a',
      dryRun: true,
      userInfo: { username: 'jane', groups: ['dev', 'system:authenticated'] },
      object: { metadata: { name: 'web-0' } },
      oldObject: { metadata: { name: 'web-0', labels: {} } },
    },
  });
});

for (const [body, message] of [
  [undefined, 'the body must be an AdmissionReview, is absent'],
  [7, 'the body must be an AdmissionReview, is a number'],
  [[review], 'the body must be an AdmissionReview, is a list'],
  [{}, 'the body must be an AdmissionReview of admission.k8s.io/v1, has no kind'],
  [
    { kind: 'AdmissionReview' },
    'the body must be an AdmissionReview of admission.k8s.io/v1, is a "AdmissionReview" without apiVersion',
  ],
  [
    { ...review, apiVersion: 'admission.k8s.io/v1beta1' },
    'the body must be an AdmissionReview of admission.k8s.io/v1, is "AdmissionReview of admission.k8s.io/v1beta1"',
  ],
  [
    { ...review, kind: 'ConversionReview' },
    'the body must be an AdmissionReview of admission.k8s.io/v1, is "ConversionReview of admission.k8s.io/v1"',
  ],
  [envelope, 'request must be an object, is absent'],
  [{ ...envelope, request: [] }, 'request must be an object, is a list'],
  [{ ...envelope, request: {} }, 'request.uid must be a string, is absent'],
  [{ ...envelope, request: { uid: '' } }, 'request.uid must be a string, is empty'],
  [{ ...envelope, request: { uid: 7 } }, 'request.uid must be a string, is a number'],
] as const) {
  test(`a bad request: ${message}`, () => {
    assert.deepEqual(readReview(body), { ok: false, error: { code: 400, message } });
  });
}

test('with a uid every review can be read, whatever else is in it', () => {
  const words = [
    'kind',
    'resource',
    'subResource',
    'operation',
    'userInfo',
    'groups',
    'username',
    '__proto__',
    'dryRun',
  ];
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      fc.constantFrom(null, 1, true, 'x', '\udc00'),
      fc.array(tie('json'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...words), tie('json'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...words), json), (request) => {
      const read = readReview({ ...envelope, request: { ...request, uid: 'u' } });
      assert.ok(read.ok);
      assert.equal(typeof read.value.operation, 'string');
      assert.ok(read.value.userInfo.groups.every((group) => typeof group === 'string'));
    }),
    { seed },
  );
});

const silent = { warnings: [], auditAnnotations: {} };

test('what is allowed carries no status', () => {
  assert.deepEqual(toResponse('u', { allowed: true, ...silent }), {
    ...envelope,
    response: { uid: 'u', allowed: true },
  });
});

test('a denial is a full Status: 403, Forbidden, and a cause for each finding', () => {
  const causes = [{ reason: 'dead-allow', field: 'spec.ingress[0]', message: 'never matches' }];
  const answer: Answer = {
    allowed: false,
    message: 'first line\n  fix: second line',
    causes,
    warnings: ['w'],
    auditAnnotations: { decision: 'deny' },
  };
  assert.deepEqual(toResponse('u', answer), {
    ...envelope,
    response: {
      uid: 'u',
      allowed: false,
      status: {
        metadata: {},
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'first line\n  fix: second line',
        details: { causes },
      },
      warnings: ['w'],
      auditAnnotations: { decision: 'deny' },
    },
  });
});

function warningsOf(warnings: readonly string[]): readonly string[] | undefined {
  return toResponse('u', { allowed: true, warnings, auditAnnotations: {} }).response.warnings;
}

test('ten warnings are shown, of more the first nine and how many were left out', () => {
  const warnings = Array.from({ length: 12 }, (_, index) => `w${index}`);
  assert.deepEqual(warningsOf(warnings.slice(0, 10)), warnings.slice(0, 10));
  assert.deepEqual(warningsOf(warnings), [...warnings.slice(0, 9), '+3 more']);
});

test('a warning that is empty or was given before is left out', () => {
  assert.deepEqual(warningsOf(['a', '', '\n', 'a']), ['a']);
  assert.equal(warningsOf(['']), undefined);
});

test('a long warning is cut at 256 characters, not within one', () => {
  assert.deepEqual(warningsOf(['x'.repeat(257)]), [`${'x'.repeat(253)}...`]);
  assert.deepEqual(warningsOf(['\u{1f41d}'.repeat(300)]), [`${'\u{1f41d}'.repeat(253)}...`]);
  assert.deepEqual(warningsOf(['\u{1f41d}'.repeat(256)]), ['\u{1f41d}'.repeat(256)]);
});

test('warnings and messages hold nothing that cannot be seen', () => {
  const text = 'a\u0000b\u001b[31mc\ud800d\u202ee\u2028f\r\ng\u0085h';
  assert.deepEqual(warningsOf([text]), ['a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\ufffd\ufffdg\ufffdh']);
  const { response } = toResponse('u', { allowed: false, message: text, causes: [], ...silent });
  assert.equal(
    (response.status as { message: string }).message,
    'a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\ufffd\ng\ufffdh',
  );
});

test('an annotation with a key that the API server would drop is left out', () => {
  const annotations = { decision: 'allow', 'a/b': 'x', 'a b': 'x', '': 'x', ['k'.repeat(64)]: 'x', '-a': 'x' };
  const { response } = toResponse('u', { allowed: true, warnings: [], auditAnnotations: annotations });
  assert.deepEqual(response.auditAnnotations, { decision: 'allow' });
});

test('an answer keeps every limit, whatever text goes into it', () => {
  const text = fc.oneof(anyText({ maxLength: 600 }), fc.string({ maxLength: 20 }));
  const cause = fc.record({ reason: text, field: text, message: text });
  const answer = fc.record({
    allowed: fc.constant(false as const),
    message: text,
    causes: fc.array(cause),
    warnings: fc.array(text, { maxLength: 30 }),
    auditAnnotations: fc.dictionary(fc.oneof(fc.string(), fc.stringMatching(/^[a-z-]{1,70}$/)), text),
  });
  fc.assert(
    fc.property(answer, (input) => {
      const { response } = toResponse('u', input);
      const warnings = response.warnings ?? [];
      assert.ok(warnings.length <= 10);
      assert.ok(warnings.every((warning) => Array.from(warning).length <= 256 && warning !== ''));
      assert.ok(warnings.every((warning) => warning.isWellFormed() && !/\p{Cc}/u.test(warning)));
      assert.ok(warnings.reduce((sum, warning) => sum + Array.from(warning).length, 0) <= 4096);
      assert.ok(Object.keys(response.auditAnnotations ?? {}).every((key) => key.length <= 63 && !key.includes('/')));
      const { message } = response.status as { message: string };
      assert.ok(message.isWellFormed() && !/(?!\n)\p{Cc}/u.test(message));
    }),
    { seed },
  );
});

test('a denial of ten thousand findings stays below 64 KiB', () => {
  const causes = Array.from({ length: 10_000 }, () => ({
    reason: 'r',
    field: 'f'.repeat(9999),
    message: 'm'.repeat(9999),
  }));
  const body = toResponse('u', { allowed: false, message: 'x'.repeat(1e6), causes, ...silent });
  assert.ok(JSON.stringify(body).length < 64 * 1024);
});

test('an error is a Kubernetes Status with the reason of its code', () => {
  assert.deepEqual(JSON.parse(statusBody(413, 'the body is larger than 8 MiB')), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the body is larger than 8 MiB',
    reason: 'RequestEntityTooLarge',
    code: 413,
  });
  assert.equal(Object.hasOwn(JSON.parse(statusBody(431, 'x')) as object, 'reason'), false);
});
