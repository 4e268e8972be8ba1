import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeAs } from '../../../../src/kubernetes/decode/decode-object.ts';
import { withServerDefaults } from '../../../../src/kubernetes/decode/defaults.ts';
import { KINDS, type KindEntry } from '../../../../src/kubernetes/decode/kinds.ts';
import { filled, without } from '../../../support/passed-over.ts';

const seed = 20261124;

/** Objects of the words that decoders look for, so that they get far into them. */
const words = [
  ...['metadata', 'name', 'generateName', 'namespace', 'uid', 'labels', 'annotations', 'ownerReferences', 'controller'],
  ...['kubernetes.io/config.mirror', 'service.cilium.io/node', 'creationTimestamp', 'deletionTimestamp', 'k8s-app'],
  ...['managedFields', 'fieldsV1', 'f:data', 'time', 'data', 'spec', 'status', 'template', 'jobTemplate', 'containers'],
  ...[
    'image',
    'ports',
    'containerPort',
    'hostNetwork',
    'serviceAccountName',
    'nodeName',
    'phase',
    'replicas',
    'selector',
  ],
  ...['initContainerStatuses', 'state', 'terminated', 'startedAt', 'startTime', 'matchLabels', 'security-labels'],
  ...['addresses', 'type', 'address', 'ip', 'podCIDRs', 'ipam', 'health', 'ingress', 'nodeInfo', 'kubeletVersion'],
  ...['identity', 'id', 'named-ports', 'endpoints', 'subsets', 'externalCIDRs', 'endpointSelector', 'egress', 'rules'],
];
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'large', withCrossShrink: true },
    fc.constantFrom(
      'config',
      'cilium',
      'cilium-agent',
      'InternalIP',
      '2026-11-23T08:00:00Z',
      '10.0.0.1',
      7,
      true,
      null,
    ),
    fc.array(tie('json'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...words), tie('json'), { maxKeys: 12 }),
  ),
}));

const object = fc.record({
  metadata: fc.record({
    name: fc.constantFrom('7', 'web'),
    labels: fc.dictionary(fc.constantFrom('k8s-app'), fc.constant('cilium')),
  }),
  spec: json,
  status: json,
  data: json,
  endpoints: json,
});

/** Of a wrong shape wherever a decoder wants one. */
const somethings = [7, [7], { labels: 7, spec: 7, name: [] }, null];

function decoded(entry: KindEntry, value: unknown): unknown {
  return decodeAs(entry, withServerDefaults(value, entry, { serial: 0 }));
}

for (const entry of KINDS) {
  const { kind, passedOver = {} } = entry;
  test(`a ${kind} decodes to the same with anything in the fields that are passed over`, () => {
    fc.assert(
      fc.property(fc.oneof(object, json), fc.constantFrom(...somethings), (value, something) => {
        const expected = decoded(entry, without(value, passedOver));
        assert.deepEqual(decoded(entry, filled(value, passedOver, something)), expected);
      }),
      { seed, numRuns: 500 },
    );
  });
}
