/**
 * What prefixes carry besides the labels of their own text: those of CIDR groups and of nodes, and the one of API servers.
 *
 * Cost: O(members of CIDR groups + addresses of API servers and nodes).
 */
import { groupPrefixes } from '../../cilium/policy/prefixes/cidr-groups.ts';
import type { LabelledPrefix } from '../../cilium/policy/prefixes/local-identities.ts';
import { nodePrefixes } from '../../cilium/policy/prefixes/node-prefixes.ts';
import { apiServerPrefixes } from '../../cilium/policy/services.ts';
import type { ObjectLayer } from '../objects/object-layer.ts';
import type { Settings } from '../settings.ts';

/** Of two labels with one key the first counts: order of pkg/source. `own`: the agent's node, if it is one of those known. */
export function labelledPrefixes(objects: ObjectLayer, settings: Settings, own?: string): readonly LabelledPrefix[] {
  return [
    ...apiServerPrefixes(objects.services, settings),
    ...nodePrefixes(objects.nodes(), settings, own),
    ...groupPrefixes(objects.cidrGroups(), settings.profile),
  ];
}
