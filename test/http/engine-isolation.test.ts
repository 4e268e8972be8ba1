/**
 * Good reviews between hostile ones: each gets, to the byte, the answer that it gets alone.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churnyObjects, deployment } from '../support/churn.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { internalErrors, sharedEngine, smallCluster, type EngineWebhook } from '../support/engine-webhook.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { reviewBody } from '../support/http-reviews.ts';
import { namespace, pod, policy, type Json } from '../support/objects.ts';
import { BAD_REQUESTS } from './bad-requests.ts';
import { LARGE_OBJECTS } from './large-objects.ts';

const engine = sharedEngine({ objects: [...smallCluster(), ...churnyObjects()] });

const cidrs = (...toCIDR: readonly string[]): Json => ({ endpointSelector: {}, egress: [{ toCIDR }] });
const ports = { toPorts: [{ ports: [{ port: '5432', protocol: 'TCP' }] }] };

/** Denials with and without a fix, advice, unknowns, and what is not judged. */
const GOOD: readonly Json[] = [
  requestFor('allowed pod', stored(pod('team-a/new', { app: 'web' }))),
  requestFor('minting pod', stored(pod('team-a/new', { app: 'new' }))),
  requestFor('churning pod', stored(pod('ci/next', { app: 'job', 'build-id': 'next' }))),
  requestFor('churning deployment', stored(deployment('ci/next', { app: 'job', 'build-id': 'next' }))),
  requestFor('reserved labels', stored(pod('team-a/new', { 'io.cilium.k8s.a': '1', 'io.cilium.k8s.b': '2' }))),
  requestFor('dead CIDR', stored(policy('team-a/new', cidrs('169.254.169.254/32')))),
  requestFor('dead among living', stored(policy('team-a/new', cidrs('10.0.0.0/8', '169.254.169.254/32')))),
  requestFor(
    'dead port',
    stored(
      policy('team-b/new', {
        endpointSelector: {},
        egress: [{ toEndpoints: [{ matchLabels: { app: 'db' } }], ...ports }],
      }),
    ),
  ),
  requestFor('refused policy', stored(policy('team-a/new', cidrs('no prefix')))),
  requestFor('relabelled namespace', stored(namespace('ci', { team: 'x' })), stored(namespace('ci'))),
  requestFor('update', stored(policy('team-a/own', cidrs('10.0.0.0/8'))), stored(policy('team-a/own', cidrs()))),
  requestFor('malformed', { ...stored(pod('team-a/new')), spec: 7 }),
  { ...requestFor('deletion', stored(pod('team-a/web'))), operation: 'DELETE', object: null },
  { ...requestFor('not judged', stored(pod('team-a/web'))), kind: { group: 'x', version: 'v1', kind: 'Y' } },
];

/** But for the number of the decision and the age of the model. */
async function answerTo(webhook: EngineWebhook, request: Json): Promise<string> {
  const { text, status } = await send(webhook, { body: reviewBody(request), path: '/validate?timeout=30s' });
  assert.equal(status, 200);
  return text.replace(/test-\d+/g, 'test-N').replace(/"model-age-seconds":"\d+"/, '"model-age-seconds":"N"');
}

let asked: Promise<readonly string[]> | undefined;

/** Asked one after the other, before anything hostile comes. */
function answersAlone(): Promise<readonly string[]> {
  const ask = async (): Promise<readonly string[]> => {
    const answers: string[] = [];
    for (const request of GOOD) answers.push(await answerTo(engine(), request));
    return answers;
  };
  return (asked ??= ask());
}

test('alone, the good reviews are answered in different ways', async () => {
  const alone = await answersAlone();
  assert.equal(new Set(alone).size, GOOD.length);
  const allowed = alone.filter((text) => text.includes('"allowed":true')).length;
  assert.ok(allowed > 0 && allowed < GOOD.length);
});

const HURRIED = '/validate?timeout=200ms';
const SMALL_ENOUGH = 400_000;

type Attack = (webhook: EngineWebhook) => Promise<unknown>;

const rows: readonly Attack[] = BAD_REQUESTS.filter(({ send: { body = '' } }) => body.length < SMALL_ENOUGH).map(
  ({ send: what }) =>
    (webhook) =>
      send(webhook, what),
);

const strain: readonly Attack[] = LARGE_OBJECTS.map(({ body }) => body())
  .filter((body) => body.length < SMALL_ENOUGH)
  .map((body) => (webhook) => send(webhook, { body, path: HURRIED }));

/** Sends half a review and goes away. */
const leave: Attack = async (webhook) => {
  const { socket, received } = await connectRaw(webhook);
  const body = reviewBody(GOOD[0]);
  socket.write(
    `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`,
  );
  await new Promise((resolve) => socket.write(`\r\n\r\n${body.slice(0, body.length / 2)}`, resolve));
  socket.destroy();
  return received;
};

const ATTACKS: readonly Attack[] = [...rows, ...strain, ...Array.from({ length: 20 }, () => leave)];

test(`between ${ATTACKS.length} hostile requests each good review gets the answer that it gets alone`, async () => {
  const alone = await answersAlone();
  const webhook = engine();
  const revision = webhook.model.view().revision;
  const attacks = ATTACKS.map((attack) => attack(webhook));
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(GOOD.map((request) => answerTo(webhook, request)));
    for (const [index, answer] of answers.entries()) assert.equal(answer, alone[index]);
  }
  await Promise.all(attacks);
  for (const [index, request] of GOOD.entries()) assert.equal(await answerTo(webhook, request), alone[index]);
  assert.equal(webhook.model.view().revision, revision);
  assert.equal(await internalErrors(webhook), 0);
});
