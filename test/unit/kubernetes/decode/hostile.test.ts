import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import { parseFieldPath } from '../../../../src/kubernetes/decode/field-path.ts';
import { formatAPIVersion, KINDS } from '../../../../src/kubernetes/decode/kinds.ts';

const seed = 20261122;

/** Objects that use the words of the API, with values of any shape in their places. */
const words = [
  ...['metadata', 'name', 'namespace', 'labels', 'uid', 'ownerReferences', 'controller', 'spec', 'specs', 'status'],
  ...['containers', 'ports', 'containerPort', 'template', 'jobTemplate', 'replicas', 'ingress', 'egress', 'egressDeny'],
  ...['fromEndpoints', 'matchLabels', 'matchExpressions', 'values', 'toPorts', 'port', 'icmps', 'fields', 'type', 'to'],
  ...['toCIDRSet', 'rules', 'http', 'security-labels', 'endpoints', 'identity', 'id', 'externalCIDRs', 'data', 'from'],
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'length', ''],
];
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(null, true, 0, 80, -1.5, 1e300, '', 'x', '\ud800', 'a/b'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...words), tie('json'), { maxKeys: 8 }),
  ),
}));

test('decoding never throws, and an error has a path that can be read back', () => {
  const property = fc.property(
    fc.constantFrom(...KINDS),
    fc.dictionary(fc.constantFrom(...words), json),
    (entry, fields) => {
      const apiVersion = formatAPIVersion({ group: entry.apiGroup, version: entry.versions[0] ?? '' });
      const decoded = decodeObject({ ...fields, apiVersion, kind: entry.kind });
      if (decoded.ok) assert.equal(decoded.value.kind, entry.kind);
      else assert.notEqual(parseFieldPath(decoded.error.path), undefined, decoded.error.path);
    },
  );
  fc.assert(property, { seed, numRuns: 3000 });
});

test('names of Object.prototype are labels like any other', () => {
  const pod: unknown = JSON.parse(`{"apiVersion": "v1", "kind": "Pod", "spec": {}, "metadata": {"name": "p",
    "labels": {"__proto__": "a", "constructor": "b", "hasOwnProperty": "c"}}}`);
  const decoded = decodeObject(pod);
  assert.ok(decoded.ok && decoded.value.kind === 'Pod');
  assert.deepEqual(
    [...decoded.value.labels],
    [
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['hasOwnProperty', 'c'],
    ],
  );
});

test('a field is not inherited from an object that sits under __proto__', () => {
  const pod: unknown = JSON.parse(
    '{"apiVersion": "v1", "kind": "Pod", "__proto__": {"spec": {}, "metadata": {"name": "p"}}}',
  );
  const decoded = decodeObject(pod);
  assert.equal(decoded.ok, false);
  assert.equal(decoded.error.path, 'metadata');
});

test('an object nested ten thousand deep where nothing is read costs nothing', () => {
  const deep: unknown = JSON.parse('['.repeat(10_000) + ']'.repeat(10_000));
  const metadata = { name: 'p', managedFields: deep, labels: { a: 'b' } };
  assert.ok(decodeObject({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { volumes: deep } }).ok);
  const malformed = decodeObject({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { a: deep } },
    spec: {},
  });
  assert.equal(malformed.ok, false);
});

test('ten thousand labels are ten thousand labels', () => {
  const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key-${index}`, 'v']));
  const decoded = decodeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels }, spec: {} });
  assert.ok(decoded.ok && decoded.value.kind === 'Pod');
  assert.equal(decoded.value.labels.size, 10_000);
});
