/**
 * What of a cluster is watched: every kind of the model, each at the paths where an API server has it.
 *
 * Endpoints are left out: they say nothing that EndpointSlices do not, and API servers warn of whoever asks for them. Of ConfigMaps
 * the one that agents read is watched, and nobody's else.
 */
import type { KindEntry } from '../../kubernetes/decode/kinds.ts';
import { formatAPIVersion, KINDS } from '../../kubernetes/decode/kinds.ts';
import type { WatchedResource } from '../../kubernetes/watch/resource.ts';

export interface WatchedKinds {
  readonly ciliumNamespace: string;
  readonly customKinds: readonly KindEntry[];
}

export interface WatchedKind {
  readonly entry: KindEntry;
  readonly resource: WatchedResource;
}

export function watchedKinds({ ciliumNamespace, customKinds }: WatchedKinds): readonly WatchedKind[] {
  const entries = [...KINDS.filter(({ kind }) => kind !== 'Endpoints'), ...customKinds];
  return entries.map((entry) => ({ entry, resource: resourceOf(entry, ciliumNamespace) }));
}

function resourceOf(entry: KindEntry, ciliumNamespace: string): WatchedResource {
  if (entry.kind !== 'ConfigMap') return { paths: pathsOf(entry, '') };
  const inNamespace = `namespaces/${encodeURIComponent(ciliumNamespace)}/`;
  return { paths: pathsOf(entry, inNamespace), fieldSelector: 'metadata.name=cilium-config' };
}

function pathsOf({ apiGroup, versions, resource }: KindEntry, inNamespace: string): readonly string[] {
  const root = apiGroup === '' ? '/api' : '/apis';
  return versions.map(
    (version) => `${root}/${formatAPIVersion({ group: apiGroup, version })}/${inNamespace}${resource}`,
  );
}
