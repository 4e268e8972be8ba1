/**
 * Who set the labels to blame: the author of this change, or a controller.
 *
 * A label that only a controller adds is nothing that its author could leave out; a label that the change does not set is
 * nothing that this change does.
 */
import { isWorkload, type ClusterObject, type Labels } from '../../cilium/objects.ts';
import type { Change } from '../../cluster/change.ts';
import { isControllerLabel, podShapeOf } from '../../cluster/workload-shape.ts';
import type { MintedIdentity } from '../facts/minting.ts';

export interface Blame {
  /** Sorted: the smallest set that merges the identities. */
  readonly keys: readonly string[];
  /** Those of them that the object brings and its author could leave out. */
  readonly removable: readonly string[];
}

/** Kubernetes 1.35 copies these from the node. */
const TOPOLOGY_KEYS: ReadonlySet<string> = new Set(['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']);

/** undefined: the change sets none of these labels. */
export function blameOf(keys: readonly string[], minting: MintedIdentity, change: Change): Blame | undefined {
  const { shape, shapeBefore } = minting;
  const isSetHere = (key: string): boolean => {
    const value = shape.labels.get(key);
    return value !== undefined && value !== shapeBefore?.labels.get(key);
  };
  if (change.op === 'delete' || change.op === 'bind' || !keys.some(isSetHere)) return undefined;
  const given = givenByController(change.after);
  return { keys, removable: keys.filter((key) => shape.labels.has(key) && !given(key)) };
}

function givenByController(object: ClusterObject): (key: string) => boolean {
  if (isWorkload(object)) {
    const bare: Labels = new Map();
    const added = podShapeOf({ ...object, template: { ...object.template, labels: bare } }).labels;
    return (key) => added.has(key) || TOPOLOGY_KEYS.has(key);
  }
  const owned = object.kind === 'Pod' && object.owner !== undefined;
  return (key) => (owned && isControllerLabel(key)) || TOPOLOGY_KEYS.has(key);
}
