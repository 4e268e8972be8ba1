/**
 * Names and keys that are traps: names of prototypes, control characters, half characters, text that turns around.
 *
 * They are data like any other: they decide what a check says of them, and nothing else.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityIn, unusedIdentities } from '../support/churn.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { internalErrors, reviewed, sharedEngine, smallCluster } from '../support/engine-webhook.ts';
import type { AnsweredReview } from '../support/http-reviews.ts';
import { clusterwidePolicy, namespace, pod, policy, type Json } from '../support/objects.ts';
import { assertPlainAnswer } from '../support/plain-answers.ts';

const TRAPS = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__'];

const UNPLAIN = [
  'nul\u0000',
  'esc\u001b[31m',
  'half\ud800',
  'other half\udc00',
  'line\r\nSet-Cookie: x',
  'separator\u2028',
  'turned\u202egnp',
  'c1\u0085\u009b',
  'del\u007f',
  '\ufeffmark',
  'wide\u{1f4a9}',
];

/** A namespace named like a prototype, whose unused identities differ in a label named like one. */
function churningIn(name: string, position: number): readonly Json[] {
  const labels = (index: number): Readonly<Record<string, string>> => ownRecord({ app: 'job', [name]: `b${index}` });
  const identities = [identityIn(name, 900, labels(-1)), ...unusedIdentities(60, labels)];
  const own = identities.map((identity, index) => moved(identity, { into: name, id: 5_000 + 100 * position + index }));
  return [namespace(name), ...own, pod(`${name}/a`, ownRecord({ app: 'job', [name]: 'running' }))];
}

/** Out of namespace ci, with a number of its own. */
function moved(identity: Json, { into, id }: { readonly into: string; readonly id: number }): Json {
  const securityLabels = identity['security-labels'] as Readonly<Record<string, string>>;
  const entries = Object.entries(securityLabels).map(([key, value]) => [key, value === 'ci' ? into : value]);
  return { ...identity, metadata: { name: String(id) }, 'security-labels': Object.fromEntries(entries) as Json };
}

/** With `__proto__` as a key of its own. */
function ownRecord(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record));
}

const engine = sharedEngine({ objects: [...smallCluster(), ...TRAPS.slice(0, 2).flatMap(churningIn)] });

async function judged(request: Json): Promise<AnsweredReview> {
  const answer = await reviewed(engine(), request);
  assertPlainAnswer(answer);
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(({} as Json)['polluted'], undefined);
  assert.equal(await internalErrors(engine()), 0);
  return answer;
}

describe('a name that every object has', () => {
  for (const name of TRAPS.slice(0, 2)) {
    test(`${name} as a label key is blamed like any other, in a namespace of that name`, async () => {
      const next = pod(`${name}/next`, ownRecord({ app: 'job', [name]: 'next' }));
      const { allowed, status, auditAnnotations } = await judged(requestFor('u', stored(next)));
      assert.equal(allowed, false);
      assert.equal(auditAnnotations?.['tenant'], `namespace/${name}`);
      assert.ok(status?.message.includes(`"${name}"`), status?.message);
    });
  }

  for (const name of TRAPS) {
    test(`${name} is an ordinary label key`, async () => {
      const labels = ownRecord({ [name]: 'x' });
      const object = pod(`team-a/${name}`, labels, { metadata: { name, annotations: labels, labels } });
      const { allowed, auditAnnotations } = await judged(requestFor('u', stored(object)));
      assert.equal(allowed, true);
      assert.equal(auditAnnotations?.['decision'], 'allow');
    });

    test(`${name} in every place of a policy is a name, or refused by the agent`, async () => {
      for (const spec of policiesNaming(name)) {
        for (const object of [policy(`team-a/${name}`, spec), clusterwidePolicy(name, spec)]) {
          const { allowed, auditAnnotations } = await judged(requestFor('u', stored(object)));
          assert.ok(allowed || auditAnnotations?.['findings'] === 'invalid-policy');
        }
      }
    });
  }

  test('a policy whose keys are prototypes with values changes no other answer', async () => {
    const text =
      '{"__proto__":{"polluted":"yes","endpointSelector":{}},"constructor":{"prototype":{"polluted":"yes"}}}';
    const spec = JSON.parse(text) as Json;
    await judged(requestFor('u', stored(policy('team-a/p', spec))));
    await judged(
      requestFor('u', stored(policy('team-a/p', { endpointSelector: spec, ingress: [spec], egress: [spec] }))),
    );
  });
});

/** The name at each place that is text. */
function policiesNaming(name: string): readonly Json[] {
  const named = { matchLabels: ownRecord({ [name]: 'x' }) };
  const expression = { matchExpressions: [{ key: name, operator: 'NotIn', values: [name] }] };
  const ingress = (rule: Json): Json => ({ endpointSelector: {}, ingress: [rule] });
  const toPorts = (port: Json): Json => ingress({ toPorts: [{ ports: [port] }] });
  return [
    { endpointSelector: named, ingress: [{ fromEndpoints: [named, expression] }] },
    ingress({ fromEndpoints: [{ matchExpressions: [{ key: 'app', operator: name, values: ['x'] }] }] }),
    ingress({ fromEntities: [name] }),
    ingress({ fromCIDR: [name] }),
    ingress({ fromCIDRSet: [{ cidrGroupRef: name }] }),
    toPorts({ port: name }),
    toPorts({ port: '80', protocol: name }),
    { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: name }] }] },
    { endpointSelector: {}, egress: [{ toServices: [{ k8sService: { serviceName: name, namespace: name } }] }] },
    {
      endpointSelector: {},
      egress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { l7proto: name } }] }],
    },
  ];
}

describe('text that is not plain', () => {
  for (const text of UNPLAIN) {
    test(`${JSON.stringify(text)} in names, keys and values reaches no reader`, async () => {
      const reserved = { [`io.cilium.k8s.${text}`]: text };
      const userInfo = { username: text, groups: [text] };
      const dead = { endpointSelector: {}, egress: [{ toCIDR: ['169.254.169.254/32'] }] };
      const requests: readonly Json[] = [
        requestFor('u', stored(pod(`team-a/${text}`, reserved))),
        requestFor('u', stored(policy(`team-a/${text}`, dead))),
        requestFor('u', stored(policy(`team-a/x`, { endpointSelector: {}, ingress: [{ fromCIDR: [text] }] }))),
        requestFor('u', stored(pod('team-a/x', { [text]: 7 as unknown as string }))),
        requestFor('u', stored(pod(`${text}/x`, { app: 'x' }))),
        requestFor('u', stored(namespace(text, reserved)), stored(namespace(text))),
      ];
      const denied: boolean[] = [];
      for (const request of requests) denied.push(!(await judged({ ...request, userInfo })).allowed);
      assert.deepEqual(denied, [true, true, true, false, false, false]);
    });
  }

  test('a uid comes back as it was sent', async () => {
    const uid = 'a\u0000b\r\nc\ud800\u202e';
    assert.equal((await reviewed(engine(), requestFor(uid, stored(pod('team-a/x', { app: 'x' }))))).uid, uid);
  });
});
