/**
 * ConfigMap -> cilium/objects ConfigMap: where the agent's configuration lives.
 *
 * An object carries no time of its last change but in `metadata.managedFields`: each entry has the time at which what its manager
 * owns was changed. Only entries that own data count: an annotation changes nothing that an agent reads.
 */
import type { ConfigMap } from '../../cilium/objects.ts';
import { namespaced, timeIn } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeConfigMap(root: JsonNode): ConfigMap {
  const changed = changedAt(root);
  return {
    kind: 'ConfigMap',
    ...namespaced(root),
    data: root.field('data').asStringMap(),
    ...(changed === undefined ? {} : { changed }),
  };
}

function changedAt(root: JsonNode): number | undefined {
  const managed = root.field('metadata').field('managedFields').asList() ?? [];
  const ofData = managed.filter((entry) => !entry.field('fieldsV1').field('f:data').isAbsent);
  const times = ofData.map((entry) => timeIn(entry.field('time').value) ?? -Infinity);
  const newest = times.reduce((latest, time) => Math.max(latest, time), -Infinity);
  return Number.isFinite(newest) ? newest : undefined;
}
