/**
 * The whole webhook for one test file: TLS, the route, the judge and the engine, on a model of a few namespaces.
 */
import { after, before } from 'node:test';
import type { ClusterEvent } from '../../src/cluster/events.ts';
import type { CheckSettings } from '../../src/checks/settings.ts';
import type { Model } from '../../src/server/model.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { judgedCluster, settingsIn } from './cluster-webhook.ts';
import { send } from './http-client.ts';
import { sample } from './http-log.ts';
import { answerOf, reviewBody, type AnsweredReview } from './http-reviews.ts';
import { startWebhook, type TestWebhook } from './http-server.ts';
import { ciliumIdentity, clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from './objects.ts';

export interface EngineWebhook extends TestWebhook {
  readonly model: Model;
  readonly judge: Judge;
}

export interface EngineOptions {
  readonly objects?: readonly Json[];
  /** Every check enforced unless told otherwise. */
  readonly settings?: CheckSettings;
  readonly ciliumVersion?: string;
  /** Stands between the route and the judge. */
  readonly wrap?: (judge: Judge) => Judge;
  readonly clock?: () => number;
}

const asItIs = (judge: Judge): Judge => judge;

type CleanUp = Parameters<typeof startWebhook>[0];

export async function startEngine(t: CleanUp, options: EngineOptions = {}): Promise<EngineWebhook> {
  const { objects = smallCluster(), settings = settingsIn('enforce'), wrap = asItIs, clock } = options;
  const metrics = createMetrics({ process: false });
  const { model, judge } = judgedCluster(storeWith(objects, options.ciliumVersion), settings, metrics);
  const webhook = await startWebhook(t, {
    judge: wrap(judge),
    metrics,
    logLevel: 'silent',
    ...(clock === undefined ? {} : { clock }),
  });
  return { ...webhook, model, judge };
}

/** One for all tests of a file: it starts before the first of them. */
export function sharedEngine(options: EngineOptions = {}): () => EngineWebhook {
  const cleanUps: (() => Promise<void>)[] = [];
  let engine: EngineWebhook | undefined;
  before(async () => {
    engine = await startEngine({ after: (cleanUp) => void cleanUps.push(cleanUp) }, options);
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });
  return () => {
    if (engine === undefined) throw new Error('asked before the tests of the file run');
    return engine;
  };
}

/** Sends a review of this request and gives the answer to it. */
export async function reviewed(
  engine: TestWebhook,
  request: Json,
  {
    path = '/validate?timeout=30s',
    body = reviewBody(request),
  }: { readonly path?: string; readonly body?: string } = {},
): Promise<AnsweredReview> {
  return answerOf(await send(engine, { body, path }));
}

/** Judging that failed, in the route or in a check: 0 unless something is broken. */
export function internalErrors(engine: TestWebhook): Promise<number> {
  return sample(engine.metrics, 'cilium_bulkhead_internal_errors_total');
}

/** Tells the model what a watch would. */
export function upsert(engine: EngineWebhook, object: Extract<ClusterEvent, { type: 'upsert' }>['object']): void {
  engine.model.apply({ type: 'upsert', object });
}

const APPS = ['web', 'db', 'job', 'cache'] as const;

/** Namespaces team-a to team-c with a pod and an identity of each app, policies, and clusterwide denies of every kind. */
export function smallCluster(): readonly Json[] {
  const namespaces = ['team-a', 'team-b', 'team-c'];
  return [
    ...namespaces.flatMap((name, index) => [namespace(name), ...workloadOf(name, 1_000 + index * APPS.length)]),
    ...namespaces.map((name) => policy(`${name}/own`, { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] })),
    clusterwidePolicy('deny-metadata', deny({ toCIDR: ['169.254.169.254/32'] })),
    clusterwidePolicy('deny-db', deny({ toEndpoints: [{ matchLabels: { app: 'db' } }], ...port('5432') })),
    clusterwidePolicy('deny-range', deny({ toCIDR: ['192.0.2.0/24'], ...port('1000', 2000) })),
    clusterwidePolicy('deny-jobs', {
      ...deny({ toEndpoints: [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web', 'db'] }] }] }),
      endpointSelector: { matchLabels: { app: 'job' } },
    }),
  ];
}

function deny(rule: Json): Json {
  return { endpointSelector: {}, egressDeny: [rule], enableDefaultDeny: { ingress: false, egress: false } };
}

function port(first: string, endPort?: number): Json {
  return { toPorts: [{ ports: [{ port: first, ...(endPort === undefined ? {} : { endPort }), protocol: 'TCP' }] }] };
}

function workloadOf(name: string, firstIdentity: number): readonly Json[] {
  return APPS.flatMap((app, index) => [
    pod(`${name}/${app}`, { app }),
    ciliumIdentity(firstIdentity + index, {
      'k8s:app': app,
      'k8s:io.kubernetes.pod.namespace': name,
      'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': name,
      'k8s:io.cilium.k8s.policy.cluster': 'default',
      'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    }),
  ]);
}
