/**
 * The identities of a random world: few pods in few namespaces, so that rules meet; some with port names, some of another
 * cluster, some with a label whose key is a trap.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe } from './chance.ts';
import type { Json } from './json.ts';

interface Pod {
  readonly id: number;
  readonly namespace: string;
  readonly app: string;
  readonly team?: string;
  readonly cluster?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** The pod that most worlds ask about. */
const SUBJECT: Pod = { id: 1001, namespace: 'a', app: 'web' };

const OTHERS: readonly Pod[] = [
  { id: 1002, namespace: 'a', app: 'db' },
  { id: 1003, namespace: 'a', app: 'client', more: { 'k8s:tier': 'x' } },
  { id: 2001, namespace: 'b', app: 'web', team: 'blue' },
  { id: 2002, namespace: 'b', app: 'client', team: 'blue', more: { 'k8s:tier': 'front' } },
  { id: 3001, namespace: 'c', app: 'web', team: '' },
  { id: 131_573, namespace: 'a', app: 'web', cluster: 'east' },
  { id: 131_574, namespace: 'b', app: 'db', cluster: 'east', more: { 'k8s:tier': 'x' } },
];

/** Pods that Cilium takes for something else, by the key of a label alone. */
const TRAPS: readonly Pod[] = [
  { id: 3002, namespace: 'a', app: 'db', team: 'blue', more: { 'k8s:host': 'x' } },
  { id: 3003, namespace: 'a', app: 'db', team: 'blue', more: { 'k8s:world': 'x', 'k8s:init': '' } },
];

const SPECIAL_SUBJECTS = [5, 5, 4, 8, 1];
/** Of these worlds one has as many identities as a small cluster. */
const CROWDED = 0.004;

/** The identities, among them the one that is needed, and of which one the policy map is asked. */
export function population(
  { needs, hasPorts }: { readonly needs?: number; readonly hasPorts?: boolean },
  random: Random,
): { readonly identities: readonly Json[]; readonly subject: number } {
  const named = hasPorts ?? chance(0.35, random);
  const some = (all: readonly Pod[], likelihood: number): readonly Pod[] =>
    all.filter(({ id }) => chance(likelihood, random) || id === needs);
  const pods = [SUBJECT, ...some(OTHERS, 0.6), ...some(TRAPS, 0.2)];
  const crowd = chance(CROWDED, random) ? Array.from({ length: 191 }, (_, index) => crowdPod(index, random)) : [];
  const identities = [...pods, ...crowd].map((pod) => identity(pod, named, random));
  return { identities, subject: subjectOf(pods, random) };
}

function subjectOf(pods: readonly Pod[], random: Random): number {
  const kind = random();
  if (kind < 0.8) return SUBJECT.id;
  const trap = pods.find((pod) => TRAPS.includes(pod));
  if (kind < 0.95) return (trap ?? pick(pods, random)).id;
  return pick(SPECIAL_SUBJECTS, random);
}

function crowdPod(index: number, random: Random): Pod {
  const more = { 'k8s:run': `r${index}`, ...maybe(0.3, random, () => ({ 'k8s:tier': 'x' })) };
  return { id: 10_000 + index, namespace: pick(['a', 'b', 'c'], random), app: `app-${below(20, random)}`, more };
}

function identity(
  { id, namespace, app, team = 'red', cluster = 'default', more = {} }: Pod,
  withPorts: boolean,
  random: Random,
): Json {
  const labels = {
    'k8s:io.kubernetes.pod.namespace': namespace,
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': namespace,
    'k8s:io.cilium.k8s.namespace.labels.team': team,
    'k8s:io.cilium.k8s.policy.cluster': cluster,
    'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    'k8s:app': app,
    ...more,
  };
  const port = (): string => pick(['8080/TCP', '8080/TCP', '9090/TCP', '53/UDP'], random);
  return {
    id,
    labels,
    ...(withPorts ? maybe(0.7, random, () => ({ namedPorts: { http: port(), dns: port() } })) : {}),
  };
}
