import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject, formatFieldError } from '../../../../src/kubernetes/decode/decode-object.ts';

function errorOf(value: unknown): string {
  const decoded = decodeObject(value);
  assert.equal(decoded.ok, false, JSON.stringify(decoded));
  assert.equal(decoded.error.code, 'malformed');
  return formatFieldError(decoded.error);
}

const pod = (fields: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'd' },
  spec: {},
  ...fields,
});
const podWith = (metadata: object) => pod({ metadata: { name: 'p', namespace: 'd', ...metadata } });
const workload = (spec: unknown) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'w' }, spec });
const cnp = (spec: unknown) => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'p' },
  spec,
});
const knp = (spec: unknown) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p' },
  spec,
});
const identity = (name: unknown) => ({ apiVersion: 'cilium.io/v2', kind: 'CiliumIdentity', metadata: { name } });

const cases: readonly (readonly [unknown, string])[] = [
  [undefined, 'the object must be an object, is absent'],
  [null, 'the object must be an object, is null'],
  [[], 'the object must be an object, is a list'],
  [{ kind: 'Pod' }, 'apiVersion must be a string, is absent'],
  [{ apiVersion: 'v1', kind: 7 }, 'kind must be a string, is a number'],
  [pod({ metadata: undefined }), 'metadata must be an object, is absent'],
  [pod({ metadata: {} }), 'metadata.name must be set'],
  [podWith({ namespace: {} }), 'metadata.namespace must be a string, is an object'],
  [podWith({ labels: [] }), 'metadata.labels must be an object, is a list'],
  [podWith({ labels: { 'a/b': 1 } }), 'metadata.labels["a/b"] must be a string, is a number (quote it)'],
  [podWith({ labels: { __proto__x: {} } }), 'metadata.labels.__proto__x must be a string, is an object'],
  [podWith({ ownerReferences: {} }), 'metadata.ownerReferences must be a list, is an object'],
  [podWith({ ownerReferences: ['x'] }), 'metadata.ownerReferences[0] must be an object, is a string'],
  [pod({ spec: null }), 'spec must be an object, is null'],
  [pod({ spec: undefined }), 'spec must be an object, is absent'],
  [pod({ spec: { containers: {} } }), 'spec.containers must be a list, is an object'],
  [pod({ spec: { containers: [null] } }), 'spec.containers[0] must be an object, is null'],
  [pod({ spec: { containers: [{ ports: 'x' }] } }), 'spec.containers[0].ports must be a list, is a string'],
  [
    pod({ spec: { containers: [{ ports: [{ containerPort: '80' }] }] } }),
    'spec.containers[0].ports[0].containerPort must be a number, is a string',
  ],
  [
    pod({ spec: { containers: [{}, { ports: [{}, { containerPort: 2 ** 31 }] }] } }),
    'spec.containers[1].ports[1].containerPort must be a whole number of 32 bits, is 2147483648',
  ],
  [pod({ spec: { hostNetwork: 'true' } }), 'spec.hostNetwork must be true or false, is a string'],
  [pod({ status: 'Running' }), 'status must be an object, is a string'],
  [workload(null), 'spec must be an object, is null'],
  [workload({}), 'spec.template must be an object, is absent'],
  [workload({ template: {} }), 'spec.template.spec must be an object, is absent'],
  [
    workload({ template: { metadata: { labels: { v: true } }, spec: {} } }),
    'spec.template.metadata.labels.v must be a string, is a boolean (quote it)',
  ],
  [workload({ replicas: 1.5, template: { spec: {} } }), 'spec.replicas must be a whole number of 32 bits, is 1.5'],
  [
    { ...workload({ jobTemplate: {} }), apiVersion: 'batch/v1', kind: 'CronJob' },
    'spec.jobTemplate.spec must be an object, is absent',
  ],
  [cnp(null), 'spec must be an object, is null'],
  [cnp('x'), 'spec must be an object, is a string'],
  [{ ...cnp(undefined), specs: [{}, null] }, 'specs[1] must be an object, is null'],
  [cnp({ endpointSelector: [] }), 'spec.endpointSelector must be an object, is a list'],
  [cnp({ ingress: {} }), 'spec.ingress must be a list, is an object'],
  [
    cnp({ ingress: [{ fromEndpoints: [{}, { matchLabels: [] }] }] }),
    'spec.ingress[0].fromEndpoints[1].matchLabels must be an object, is a list',
  ],
  [
    cnp({ egressDeny: [{ toPorts: [{ ports: [{ port: 80 }] }] }] }),
    'spec.egressDeny[0].toPorts[0].ports[0].port must be a string, is a number (quote it)',
  ],
  [cnp({ ingress: [{ icmps: [{ fields: [{}] }] }] }), 'spec.ingress[0].icmps[0].fields[0].type must be set'],
  [cnp({ ingress: [{ icmps: [{ fields: [null] }] }] }), 'spec.ingress[0].icmps[0].fields[0].type must be set'],
  [
    cnp({ ingress: [{ icmps: [{ fields: [{ type: false }] }] }] }),
    'spec.ingress[0].icmps[0].fields[0].type must be a number or a string, is a boolean',
  ],
  [cnp({ egress: [{ toFQDNs: ['a.example'] }] }), 'spec.egress[0].toFQDNs[0] must be an object, is a string'],
  [cnp({ description: 5 }), 'spec.description must be a string, is a number (quote it)'],
  [cnp({ log: { value: [] } }), 'spec.log.value must be a string, is a list'],
  [cnp({ labels: ['k8s:a=b', { key: 'a' }, { key: '', value: 'b' }] }), 'spec.labels[2].key must be set'],
  [cnp({ labels: [''] }), 'spec.labels[0] must be an object, is a string'],
  [
    cnp({ ingress: [{ fromGroups: [{ aws: { region: 5 } }] }] }),
    'spec.ingress[0].fromGroups[0].aws.region must be a string, is a number (quote it)',
  ],
  [
    cnp({ egress: [{ toPorts: [{ originatingTLS: { secret: { name: {} } } }] }] }),
    'spec.egress[0].toPorts[0].originatingTLS.secret.name must be a string, is an object',
  ],
  [
    cnp({ egress: [{ toPorts: [{ listener: { priority: 256 } }] }] }),
    'spec.egress[0].toPorts[0].listener.priority must be from 0 to 255, is 256',
  ],
  [
    cnp({ egress: [{ toPorts: [{ rules: { http: [{ headers: 'x' }] } }] }] }),
    'spec.egress[0].toPorts[0].rules.http[0].headers must be a list, is a string',
  ],
  [
    cnp({ egress: [{ toPorts: [{ rules: { http: [{ headerMatches: [{ value: 5 }] }] } }] }] }),
    'spec.egress[0].toPorts[0].rules.http[0].headerMatches[0].value must be a string, is a number (quote it)',
  ],
  [cnp({ enableDefaultDeny: { egress: 'no' } }), 'spec.enableDefaultDeny.egress must be true or false, is a string'],
  [knp(null), 'spec must be an object, is null'],
  [
    knp({ ingress: [{ ports: [{ port: {} }] }] }),
    'spec.ingress[0].ports[0].port must be a number or a string, is an object',
  ],
  [
    knp({ egress: [{ to: [{ ipBlock: { except: [1] } }] }] }),
    'spec.egress[0].to[0].ipBlock.except[0] must be a string, is a number (quote it)',
  ],
  [identity('x1'), 'metadata.name must be the number of an identity'],
  [identity('0'), 'metadata.name must be the number of an identity'],
  [identity('4294967296'), 'metadata.name must be the number of an identity'],
  [identity(7), 'metadata.name must be a string, is a number (quote it)'],
];
for (const [value, message] of cases) {
  test(`refused: ${message}`, () => {
    assert.equal(errorOf(value), message);
  });
}

test('the first of several faults is told', () => {
  assert.equal(
    errorOf(pod({ metadata: { name: 1 }, spec: 2 })),
    'metadata.name must be a string, is a number (quote it)',
  );
});
