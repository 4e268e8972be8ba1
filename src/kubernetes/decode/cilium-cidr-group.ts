/**
 * CiliumCIDRGroup -> cilium/objects CiliumCIDRGroup. Whether the CIDRs can be parsed is Cilium's business.
 */
import type { CiliumCIDRGroup } from '../../cilium/objects.ts';
import { identified, labelsOf } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeCiliumCIDRGroup(root: JsonNode): CiliumCIDRGroup {
  return {
    kind: 'CiliumCIDRGroup',
    ...identified(root),
    labels: labelsOf(root),
    cidrs: root.field('spec').field('externalCIDRs').asStrings() ?? [],
  };
}
