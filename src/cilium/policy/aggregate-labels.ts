/**
 * The identities that stand for many others in a policy map, by their labels, and which selectors take one of them.
 *
 * Mirrors pkg/policy/aggregate.go and pkg/identity/reserved.go (1.20): a selector takes an aggregate as it takes any identity, by
 * its labels. So do the entities that are made of it, and selectors of what is absent.
 */
import { labelArray, reservedLabel, type LabelArray } from '../identity/label.ts';
import { matches, type EndpointSelector } from './selector.ts';

export const AGGREGATES = {
  cluster: reserved('aggregate-cluster'),
  clusterMesh: reserved('aggregate-cluster-mesh'),
  world: reserved('aggregate-world'),
  remoteNode: reserved('aggregate-remote-node'),
};

/** The wildcard takes all of them. */
export function takesAggregate(selector: EndpointSelector): boolean {
  return Object.values(AGGREGATES).some((labels) => matches(selector, labels));
}

function reserved(key: string): LabelArray {
  return labelArray([reservedLabel(key)]);
}
