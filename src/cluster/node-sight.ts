/**
 * The cluster as the agent of one node knows it: the addresses of that node are the host, and no remote node.
 *
 * What every agent knows is as a node sees it that is none of those that are known.
 * Invariant: only node-local identities, the labels of the host and what follows from both are others.
 * Cost: all node-local identities are made anew; maps when they are asked for.
 */
import { RecountedClasses } from './classes/recounted-classes.ts';
import { labelledPrefixes } from './identities/labelled-prefixes.ts';
import { NodeIdentities } from './identities/node-identities.ts';
import type { Layers } from './layers.ts';

/** `node`: a name. Of one that is not known nothing differs. */
export function layersSeenFrom(layers: Layers, node: string): Layers {
  const isKnown = [...layers.objects.nodes()].some(({ name }) => name === node);
  if (!isKnown) return layers;
  const labelled = labelledPrefixes(layers.objects, layers.settings, node);
  const nodes = new NodeIdentities(layers.settings, layers.policies.prefixes(), labelled);
  const seen = { ...layers, nodes, ownNode: node };
  return { ...seen, classes: new RecountedClasses(seen) };
}
