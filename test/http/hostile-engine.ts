/**
 * Hostile reviews to the whole webhook, and a watch that brings objects and takes them away again: labels, selectors, prefixes
 * and names are never the same twice, so that whatever the model or the engine keeps of them shows.
 */
import type { ClusterEvent } from '../../src/cluster/events.ts';
import { refOf } from '../../src/cilium/objects.ts';
import { churnyObjects, deployment, job } from '../support/churn.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { smallCluster, startEngine, type EngineWebhook } from '../support/engine-webhook.ts';
import { below, pick, some, word, type Random } from '../support/hostile-random.ts';
import { send } from '../support/http-client.ts';
import { answerOf, reviewBody } from '../support/http-reviews.ts';
import { clusterwidePolicy, decoded, namespace, pod, policy, type Json } from '../support/objects.ts';
import type { OpenTarget } from '../support/hostile-memory.ts';

export const openEngine: OpenTarget = async (t) => {
  const engine = await startEngine(t, { objects: [...smallCluster(), ...churnyObjects()] });
  return [
    (random) => review(engine, random),
    (random) => review(engine, random),
    (random) => review(engine, random),
    (random) => comeAndGo(engine, random),
  ];
};

/** Most get their time; some have to be given up. */
const PATHS = ['/validate?timeout=3s', '/validate?timeout=3s', '/validate?timeout=3s', '/validate?timeout=20ms'];

async function review(engine: EngineWebhook, random: Random): Promise<void> {
  const uid = word(random);
  const object = pick(OBJECTS, random)(random);
  const old = random() < 0.3 ? pick(OBJECTS, random)(random) : undefined;
  const request = {
    ...requestFor(uid, stored(object), old),
    userInfo: { username: word(random), groups: [word(random)] },
  };
  const answer = answerOf(await send(engine, { body: reviewBody(request), path: pick(PATHS, random) }));
  if (answer.uid !== uid) throw new Error('an answer to another review');
}

/** What a watch sees of an object that lives for a moment. Between the two, reviews look at the model with it. */
async function comeAndGo(engine: EngineWebhook, random: Random): Promise<void> {
  const object = decoded(pick(OBJECTS, random)(random));
  if (object.kind === 'Namespace') return;
  engine.model.apply({ type: 'upsert', object });
  await review(engine, random);
  const gone: ClusterEvent = { type: 'delete', ref: refOf(object) };
  engine.model.apply(gone);
}

const NAMESPACES = ['team-a', 'team-b', 'ci'];

function labels(random: Random): Readonly<Record<string, string>> {
  return Object.fromEntries([['app', pick(['web', 'job', word(random)], random)], ...some(20, random, pair)]);
}

function pair(random: Random): readonly [string, string] {
  return [pick(['build-id', 'io.cilium.k8s.x', word(random)], random), word(random)];
}

function path(random: Random): string {
  return `${pick(NAMESPACES, random)}/${word(random)}`;
}

const OBJECTS: readonly ((random: Random) => Json)[] = [
  (random) => pod(path(random), labels(random)),
  (random) => pod(`${word(random)}/x`, labels(random)),
  (random) => deployment(path(random), labels(random)),
  (random) => job(path(random), labels(random)),
  (random) => namespace(pick(NAMESPACES, random), labels(random)),
  (random) => policy(path(random), spec(random)),
  (random) => policy(path(random), spec(random)),
  (random) => clusterwidePolicy(word(random), spec(random)),
  (random) => policy(path(random), { podSelector: {}, egress: [{ to: some(4, random, block) }] }, 'NetworkPolicy'),
];

function spec(random: Random): Json {
  return {
    endpointSelector: random() < 0.5 ? {} : selector(random),
    [pick(['egress', 'egressDeny'], random)]: some(4, random, egressRule),
    [pick(['ingress', 'ingressDeny'], random)]: some(4, random, ingressRule),
  };
}

function egressRule(random: Random): Json {
  const peers = pick<Json>(
    [
      { toCIDR: ['169.254.169.254/32'] },
      { toCIDR: some(20, random, prefix) },
      { toCIDRSet: [{ cidr: '0.0.0.0/0', except: some(20, random, prefix) }] },
      { toEndpoints: some(5, random, selector) },
      { toEntities: ['world'] },
    ],
    random,
  );
  return { ...peers, ...ports(random) };
}

function ingressRule(random: Random): Json {
  return { fromEndpoints: some(5, random, selector), ...ports(random) };
}

function ports(random: Random): Json {
  if (random() < 0.5) return {};
  const first = 1 + below(60_000, random);
  return { toPorts: [{ ports: [{ port: String(first), endPort: first + below(5_000, random), protocol: 'ANY' }] }] };
}

function selector(random: Random): Json {
  const key = pick(['app', 'k8s:io.kubernetes.pod.namespace', word(random)], random);
  return pick<Json>(
    [
      { matchLabels: { [key]: word(random) } },
      { matchExpressions: [{ key, operator: 'NotIn', values: [word(random), ...some(30, random, word)] }] },
      { matchExpressions: [{ key, operator: 'Exists' }] },
    ],
    random,
  );
}

function prefix(random: Random): string {
  return `10.${below(256, random)}.${below(256, random)}.${below(256, random)}/${8 + below(25, random)}`;
}

function block(random: Random): Json {
  return { ipBlock: { cidr: prefix(random) } };
}
