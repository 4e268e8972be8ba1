/**
 * Pods -> the CiliumIdentity objects and endpoint slices that Cilium would have made for them.
 *
 * Which identity a pod gets is asked of the product's own functions, so the demo cluster follows them when they change.
 * Invariant: one CiliumIdentity for each key; its number depends on the key alone, unless two keys want the same.
 */
import { compareBytes, type LabelArray } from '../../src/cilium/identity/label.ts';
import { podIdentity, type IdentitySettings } from '../../src/cilium/identity/pod-identity.ts';
import type { PodShape } from '../../src/cilium/objects.ts';
import type { LabelRecord } from './description.ts';
import type { KubeObject, PodInstance } from './pods.ts';
import { hashed, suffixOf, uidOf } from './seed.ts';

export interface NamespacePopulation {
  readonly name: string;
  readonly labels: LabelRecord;
  readonly pods: readonly PodInstance[];
  readonly former: readonly PodShape[];
}

export interface CiliumObjects {
  readonly identities: readonly KubeObject[];
  readonly endpointSlices: readonly KubeObject[];
}

const FIRST_IDENTITY = 256;
const LAST_IDENTITY = 65_535;

interface Wanted {
  readonly namespace: string;
  readonly labels: LabelArray;
}

export function ciliumObjects(namespaces: readonly NamespacePopulation[], settings: IdentitySettings): CiliumObjects {
  const wanted = new Map<string, Wanted>();
  const keyOf = (shape: PodShape, namespace: NamespacePopulation): string => {
    const labels = new Map(Object.entries(namespace.labels));
    const identity = podIdentity(shape, { name: namespace.name, labels }, settings);
    if (identity.kind !== 'global') throw new Error(`a pod of ${namespace.name} has no ordinary identity`);
    wanted.set(identity.key, { namespace: namespace.name, labels: identity.labels });
    return identity.key;
  };

  for (const namespace of namespaces) for (const shape of namespace.former) keyOf(shape, namespace);
  const endpoints = namespaces.map((namespace) => {
    const pods = namespace.pods.filter((pod) => pod.holdsIdentity);
    return { namespace: namespace.name, pods: pods.map((pod) => ({ pod, key: keyOf(pod.shape, namespace) })) };
  });

  const numbers = numbersOf([...wanted.keys()]);
  const identities = [...wanted].map(([key, identity]) => identityOf(numberIn(numbers, key), identity));
  const endpointSlices = endpoints
    .filter(({ pods }) => pods.length > 0)
    .map(({ namespace, pods }) =>
      sliceOf(
        namespace,
        pods.map(({ pod, key }) => endpointOf(pod, numberIn(numbers, key))),
      ),
    );
  return { identities: identities.sort(byNumber), endpointSlices };
}

/** Cilium draws them at random; here the key decides, and the next free number where it is taken. */
function numbersOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of [...keys].sort(compareBytes)) {
    let number = FIRST_IDENTITY + hashed(`identity/${key}`, LAST_IDENTITY - FIRST_IDENTITY + 1);
    while (taken.has(number)) number = number === LAST_IDENTITY ? FIRST_IDENTITY : number + 1;
    taken.add(number);
    numbers.set(key, number);
  }
  return numbers;
}

function numberIn(numbers: ReadonlyMap<string, number>, key: string): number {
  const number = numbers.get(key);
  if (number === undefined) throw new Error(`no number for ${key}`);
  return number;
}

function identityOf(number: number, identity: Wanted): KubeObject {
  const name = String(number);
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumIdentity',
    metadata: {
      name,
      uid: uidOf(`CiliumIdentity/${name}`),
      labels: { 'io.kubernetes.pod.namespace': identity.namespace },
    },
    'security-labels': Object.fromEntries(
      identity.labels.map((label) => [`${label.source}:${label.key}`, label.value]),
    ),
  };
}

function endpointOf(pod: PodInstance, identity: number): object {
  return { name: pod.name, id: identity, networking: { addressing: [{ ipv4: pod.address }], node: pod.nodeAddress } };
}

function sliceOf(namespace: string, endpoints: readonly object[]): KubeObject {
  const name = `ces-${suffixOf(`slice/${namespace}`, 9)}`;
  return { apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumEndpointSlice', metadata: { name }, namespace, endpoints };
}

function byNumber(a: KubeObject, b: KubeObject): number {
  return Number(a.metadata['name']) - Number(b.metadata['name']);
}
