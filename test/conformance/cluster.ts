/**
 * A store filled as a source would fill it: raw objects through the decoder, events, and the view that checks ask.
 */
import { fail, ok, type Result } from '../../src/cilium/result.ts';
import { parseVersion } from '../../src/cilium/profile.ts';
import { ClusterStore } from '../../src/cluster/store.ts';
import { decodeObject, formatFieldError } from '../../src/kubernetes/decode/decode-object.ts';

export interface ClusterDescription {
  readonly cilium: string;
  readonly ciliumNamespace: string;
  /** The data of cilium-config. */
  readonly config: ReadonlyMap<string, string>;
  readonly labelPrefixFile?: string;
}

export function openCluster(description: ClusterDescription): Result<ClusterStore, string> {
  const { cilium, ciliumNamespace, config, labelPrefixFile } = description;
  const version = parseVersion(cilium);
  if (!version.ok) return fail(version.error.reason);
  const store = new ClusterStore({
    version: version.value,
    ciliumNamespace,
    ...(labelPrefixFile === undefined ? {} : { labelPrefixFile }),
  });
  const metadata = { namespace: ciliumNamespace, name: 'cilium-config' };
  const failed = feed(store, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(config) });
  if (failed !== undefined) return fail(failed);
  const { unknown } = store.view().settings;
  return unknown === undefined ? ok(store) : fail(unknown);
}

/** Puts one raw object in; says why it cannot be read, if so. */
export function feed(store: ClusterStore, raw: unknown): string | undefined {
  const object = decodeObject(raw);
  if (!object.ok) return formatFieldError(object.error);
  store.apply({ type: 'upsert', object: object.value });
  return undefined;
}
