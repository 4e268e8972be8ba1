/**
 * CIDR groups -> the labels of their members.
 *
 * Mirrors pkg/policy/k8s/cilium_cidr_group.go. Invariant: a label whose key starts with `io.cilium.k8s` is never handed on.
 * Cost: O(members + labels).
 */
import { compareBytes, type Label } from '../../identity/label.ts';
import type { CiliumCIDRGroup } from '../../objects.ts';
import type { Profile } from '../../profile.ts';
import { parsePrefix } from './cidr.ts';
import type { LabelledPrefix } from './local-identities.ts';
import { encodedGroupKey } from '../selector.ts';

/** Labels of the members of CIDR groups; of two groups that disagree the name that sorts first wins. */
export function groupPrefixes(groups: Iterable<CiliumCIDRGroup>, profile: Profile): readonly LabelledPrefix[] {
  const sorted = [...groups].sort((a, b) => compareBytes(a.name, b.name));
  return sorted.flatMap((group) => {
    const labels = groupLabels(group, profile);
    return group.cidrs.flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix === undefined ? [] : [{ prefix, labels }];
    });
  });
}

/** The label that `cidrGroupRef` selects. */
export function groupNameKey(name: string): string {
  return `io.cilium.policy.cidrgroupname/${name}`;
}

const EXTERNAL_GROUP = 'extgrp.cilium.io/';

/** The label of the CIDR group that the operator fills with the addresses of a group of a cloud provider. */
export function externalGroupKey(hash: string): string {
  return `${EXTERNAL_GROUP}${hash}`;
}

export function isExternalGroup({ source, key }: Pick<Label, 'source' | 'key'>): boolean {
  return source === 'cidrgroup' && key.startsWith(EXTERNAL_GROUP);
}

function groupLabels(group: CiliumCIDRGroup, profile: Profile): readonly Label[] {
  const labels: Label[] = [{ source: 'cidrgroup', key: groupNameKey(group.name), value: '' }];
  for (const [key, value] of group.labels) {
    if (key.startsWith('io.cilium.k8s')) continue;
    labels.push({ source: 'cidrgroup', key, value });
    if (profile.encodesCIDRGroupLabels) {
      labels.push({ source: 'cidrgroup', key: encodedGroupKey(key, value), value: '' });
    }
  }
  return labels;
}
