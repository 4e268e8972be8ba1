/**
 * Clusters that tenants filled: what they have stored must not make the event loop stand still, while events come in or later.
 *
 * Each test prints what it measured.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import {
  internalErrors,
  reviewed,
  smallCluster,
  startEngine,
  upsert,
  type EngineWebhook,
} from '../support/engine-webhook.ts';
import { watchStalls } from '../support/event-loop-stalls.ts';
import { decoded, namespace, pod, policy, type Json } from '../support/objects.ts';

/** An ordinary review has three seconds; these get one. */
const PATH = '/validate?timeout=1s';
/** Of processor time, in one turn of the event loop. Measured: see the output. */
const LONGEST_STALL_MS = 400;

function list<Item>(length: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length }, (_, index) => make(index));
}

const named = { toPorts: [{ ports: list(40, (index) => ({ port: `p-${index}`, protocol: 'TCP' })) }] };

/** No two have the same ports. */
function podWithPorts(index: number, app: string): Json {
  const ports = list(5, (port) => ({
    name: `p-${(index + port) % 40}`,
    containerPort: 1 + index * 5 + port,
  }));
  return pod(`team-a/large-${index}`, { app }, { spec: { containers: [{ name: 'main', ports }] } });
}

function service(index: number, labels: Readonly<Record<string, string>>): Json {
  const metadata = { namespace: 'team-a', name: `s${index}`, labels };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } };
}

const asksForPorts = [
  policy('team-a/in', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}], ...named }] }),
  policy('team-a/out', { endpointSelector: {}, egress: [{ toEndpoints: [{}], ...named }] }),
];
const refersToServices = list(10, (index) =>
  policy(`team-a/p${index}`, {
    endpointSelector: {},
    egress: list(250, (reference) => ({
      toServices: [{ k8sServiceSelector: { selector: { matchLabels: { x: `v${reference}` } }, namespace: 'team-a' } }],
    })),
  }),
);

interface LargeCluster {
  readonly says: string;
  readonly objects: () => readonly Json[];
  /** Comes in as an event before each review. */
  readonly event: (index: number) => Json;
}

const LARGE_CLUSTERS: readonly LargeCluster[] = [
  {
    says: '2,000 pods of one app with ports of their own, whose names policies ask for',
    objects: () => [...asksForPorts, ...list(2_000, (index) => podWithPorts(index, 'web'))],
    event: (index) => podWithPorts(2_000 + index, 'web'),
  },
  {
    says: '2,000 pods of as many apps with ports of their own, whose names policies ask for',
    objects: () => [...asksForPorts, ...list(2_000, (index) => podWithPorts(index, `app-${index}`))],
    event: (index) => podWithPorts(2_000 + index, `app-${index}`),
  },
  {
    says: '1,000 Services, and policies that look at each of them 2,500 times',
    objects: () => [...refersToServices, ...list(1_000, (index) => service(index, { x: 'y' }))],
    event: (index) => service(0, { x: `v${index}` }),
  },
];

const reviews: readonly Json[] = [
  requestFor('pod', stored(podWithPorts(1, 'new'))),
  requestFor(
    'policy',
    stored(policy('team-a/new', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}], ...named }] })),
  ),
  requestFor('namespace', stored(namespace('team-a', { stage: 'new' })), stored(namespace('team-a'))),
];

async function longestStall(webhook: EngineWebhook, event: (index: number) => Json): Promise<number> {
  let longestMs = 0;
  for (const [index, request] of reviews.entries()) {
    const stalls = watchStalls();
    upsert(webhook, decoded(event(index)));
    const answer = await reviewed(webhook, request, { path: PATH });
    longestMs = Math.max(longestMs, stalls.stop().cpuMs);
    assert.equal(answer.uid, request['uid']);
    assert.equal(answer.allowed, true);
  }
  return longestMs;
}

for (const ciliumVersion of ['1.18.8', '1.20.2']) {
  for (const { says, objects, event } of LARGE_CLUSTERS) {
    test(`${says}, in ${ciliumVersion}`, async (t: TestContext) => {
      const webhook = await startEngine(t, { objects: [...smallCluster(), ...objects()], ciliumVersion });
      webhook.model.view();
      const stallMs = await longestStall(webhook, event);
      t.diagnostic(`stall ${Math.round(stallMs)} ms CPU`);
      assert.equal(await internalErrors(webhook), 0);
      assert.ok(stallMs < LONGEST_STALL_MS, `the event loop stood still for ${stallMs} ms of processor time`);
    });
  }
}
