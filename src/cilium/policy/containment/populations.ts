/**
 * Kinds of identities that differ in their labels: pods of this cluster, pods of others, nodes, addresses.
 *
 * A population says, for each label key, what its members can have there. Keys are independent of each other but for the
 * namespace, whose name Kubernetes repeats in the namespace label `kubernetes.io/metadata.name`: requirements on that
 * label are read as requirements on the namespace.
 * Up to Cilium 1.20.1 a label with key `host` leaves a pod without any policy of its own: no subject is such a pod. As a peer
 * it counts as policed unless a selector asks for that label: a proof about pods at large leaves these few out of account.
 */
import { labelArray, labelOf, type LabelArray } from '../../identity/label.ts';
import { GENERATED_SOURCE, NAMED_PORTS_KEY } from '../../identity/named-ports-label.ts';
import { CLUSTER_KEY, NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../identity/pod-labels.ts';
import { ABSENT, ANY_VALUE, except, only, perhaps, present, sample, type Domain } from './domain.ts';
import type { UniverseFacts, WorldFact } from './facts.ts';
import type { Assignment } from './search.ts';
import { groupNameKey } from '../prefixes/cidr-groups.ts';
import type { Requirement } from '../selector.ts';

export interface Population {
  /** Endpoints whose own policy this cluster's agents enforce. */
  readonly policed: boolean;
  /** Labels of the identity that a policy map asks besides the member's own. */
  readonly aggregate: LabelArray | undefined;
  readonly domainOf: (key: string) => Domain;
  /** Keys that every member has. */
  readonly required: readonly string[];
  /** A requirement in terms of the keys that `domainOf` keeps apart. */
  readonly read: (requirement: Requirement) => Requirement;
  /** Puts in the labels that repeat others. */
  readonly complete: (labels: LabelArray) => LabelArray;
}

/** As a label of any source. */
export const HOST_KEY = 'host';

/** A DNS label of at most 63 characters. */
const NAMESPACE_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

const NAMESPACE_NAME_KEY = `${NAMESPACE_LABEL_PREFIX}kubernetes.io/metadata.name`;

/** Of the labels that hold the name of the namespace. */
export const NAMESPACE_KEYS: ReadonlySet<string> = new Set([POD_NAMESPACE_KEY, NAMESPACE_NAME_KEY]);

export function isNamespaceName(text: string): boolean {
  return NAMESPACE_NAME.test(text);
}

/** `policed`: whether agents enforce the policies that select them. */
export function localPods(facts: UniverseFacts, policed: boolean): Population {
  const cluster = present('k8s', only([facts.clusterName]));
  return { policed, aggregate: facts.aggregates?.cluster, ...podLabels(facts, cluster) };
}

/** Local pods that may be subjects. */
export function subjectPods(facts: UniverseFacts): Population {
  const pods = localPods(facts, true);
  if (!facts.hostLabelDisablesPolicy) return pods;
  return { ...pods, domainOf: (key) => (key === HOST_KEY ? ABSENT : pods.domainOf(key)) };
}

export function remotePods(facts: UniverseFacts): Population {
  const cluster = present('k8s', except([facts.clusterName]));
  return { policed: false, aggregate: facts.aggregates?.clusterMesh, ...podLabels(facts, cluster) };
}

type PodLabels = Pick<Population, 'domainOf' | 'required' | 'read' | 'complete'>;

function podLabels(facts: UniverseFacts, cluster: Domain): PodLabels {
  const relevant = facts.isIdentityRelevant;
  const always = new Map([
    [POD_NAMESPACE_KEY, present('k8s', ANY_VALUE)],
    [NAMESPACE_NAME_KEY, present('k8s', ANY_VALUE)],
    [CLUSTER_KEY, cluster],
  ]);
  const required = [...always.keys()].filter(relevant);
  const namedTwice = required.includes(POD_NAMESPACE_KEY) && required.includes(NAMESPACE_NAME_KEY);
  return {
    domainOf: (key) => {
      if (facts.namedPortsLabel && key.startsWith(NAMED_PORTS_KEY)) return perhaps([GENERATED_SOURCE, ANY_VALUE]);
      return relevant(key) ? (always.get(key) ?? perhaps(['k8s', ANY_VALUE])) : ABSENT;
    },
    required,
    read: (requirement) => readNamespace(requirement, namedTwice),
    complete: (labels) => (namedTwice ? withNamespaceName(labels) : labels),
  };
}

/** No namespace has a name that Kubernetes refuses. */
function readNamespace(requirement: Requirement, namedTwice: boolean): Requirement {
  const { key, values } = requirement;
  if (!NAMESPACE_KEYS.has(key)) return requirement;
  return {
    ...requirement,
    key: namedTwice ? POD_NAMESPACE_KEY : key,
    values: values.filter(isNamespaceName),
  };
}

function withNamespaceName(labels: LabelArray): LabelArray {
  const namespace = labelOf(labels, POD_NAMESPACE_KEY);
  return namespace === undefined ? labels : labelArray([...labels, { ...namespace, key: NAMESPACE_NAME_KEY }]);
}

const PLAIN: Pick<Population, 'read' | 'complete'> = {
  read: (requirement) => requirement,
  complete: (labels) => labels,
};

/** Remote nodes with labels of their own (enable-node-selector-labels). */
export function remoteNodes(facts: UniverseFacts): Population {
  const fixed = new Map([
    ['remote-node', present('reserved', only(['']))],
    ['kube-apiserver', perhaps(['reserved', only([''])])],
  ]);
  return {
    policed: false,
    aggregate: facts.aggregates?.remoteNode,
    domainOf: (key) => fixed.get(key) ?? perhaps(['node', ANY_VALUE], ['k8s', ANY_VALUE]),
    required: ['remote-node'],
    ...PLAIN,
  };
}

/** Addresses that some prefix, group, DNS name or API server gives a node-local identity. cidr labels are apart. */
export function knownAddresses({ label }: WorldFact, facts: UniverseFacts): Population {
  const domains = new Map([
    [label.key, present(label.source, only([label.value]))],
    ['kube-apiserver', perhaps(['reserved', only([''])], ['fqdn', only([''])], ['cidrgroup', ANY_VALUE])],
  ]);
  return {
    policed: false,
    aggregate: facts.aggregates?.world,
    domainOf: (key) => domains.get(key) ?? (namesGroup(key) ? NAMED : LABELLED),
    required: [label.key],
    ...PLAIN,
  };
}

/** No DNS name has a character of such a key. */
const NAMED = perhaps(['cidrgroup', only([''])]);
const LABELLED = perhaps(['fqdn', only([''])], ['cidrgroup', ANY_VALUE]);

/** The key says it all: the name of a group, or key and value of one of its labels in one. */
function namesGroup(key: string): boolean {
  return key.includes('+') || key.startsWith(groupNameKey(''));
}

/** Addresses that nothing names: they have the identity of the world, which no aggregate stands for. */
export function unknownAddresses({ label }: WorldFact): Population {
  return {
    policed: false,
    aggregate: undefined,
    domainOf: (key) => (key === label.key ? present(label.source, only([label.value])) : ABSENT),
    required: [label.key],
    ...PLAIN,
  };
}

/** The labels of one member: the simplest that the assignment leaves. */
export function memberLabels(population: Population, assignment: Assignment): LabelArray {
  const keys = new Set([...population.required, ...assignment.keys()]);
  const labels = [...keys].flatMap((key) => sample(assignment.get(key) ?? population.domainOf(key), key) ?? []);
  return population.complete(labelArray(labels));
}
