/**
 * CiliumIdentity -> cilium/objects CiliumIdentity.
 *
 * Mirrors pkg/identity/key (PutKeyFromMap) and pkg/labels (parseSource): `security-labels` maps `source:key` to a value,
 * and the object's name is the number.
 */
import type { CiliumIdentity } from '../../cilium/objects.ts';
import type { Label } from '../../cilium/identity/label.ts';
import { identified } from './metadata.ts';
import type { JsonNode } from './node.ts';

const UINT32_MAX = 0xffffffff;

export function decodeCiliumIdentity(root: JsonNode): CiliumIdentity {
  const metadata = identified(root);
  const securityLabels = [...root.field('security-labels').asStringMap()].map(([name, value]) =>
    labelFrom(name, value),
  );
  const { name, uid, terminating, created } = metadata;
  const identity = { kind: 'CiliumIdentity', name, uid, terminating, id: idOf(root, name), securityLabels } as const;
  return created === undefined ? identity : { ...identity, created };
}

function idOf(root: JsonNode, name: string): number {
  const id = /^[0-9]{1,10}$/.test(name) ? Number(name) : 0;
  if (id < 1 || id > UINT32_MAX) root.field('metadata').field('name').complain('must be the number of an identity');
  return id;
}

/** Splits at the first colon; without a source the label's source is `unspec`, as in Cilium. */
function labelFrom(name: string, value: string): Label {
  const colon = name.indexOf(':');
  const source = name.slice(0, Math.max(colon, 0)) || 'unspec';
  return { source, key: name.slice(colon + 1), value };
}
