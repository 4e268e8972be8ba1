/**
 * What Cilium takes a pod label key for, besides a label.
 *
 * Sources: pkg/k8s/utils/utils.go (labels that are stripped), pkg/labels (NewLabel cuts `reserved.`, until 1.19),
 * pkg/identity (ScopeForLabels looks at the key `remote-node` alone), pkg/policy/repository.go (the keys `host`, until
 * 1.20.1, and `init`, whatever their source).
 */
import { CILIUM_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { REMOTE_NODE_KEY } from '../../cilium/identity/pod-identity.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Meaning } from '../facts/findings/reserved-labels.ts';

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'cluster',
  'health',
  'host',
  'ingress',
  'init',
  'kube-apiserver',
  'none',
  'remote-node',
  'unmanaged',
  'world',
  'world-ipv4',
  'world-ipv6',
]);

/** undefined: an ordinary key. */
export function meaningOf(key: string, { profile, config }: Settings): Meaning | undefined {
  if (key.startsWith(CILIUM_LABEL_PREFIX) || key === POD_NAMESPACE_KEY) return 'cilium-owned';
  if (profile.cutsReservedFromKeys && key.startsWith('reserved.')) return 'source-prefix';
  if (key === REMOTE_NODE_KEY) return 'no-identity';
  if (key === 'init') return 'default-deny';
  if (key === 'host' && profile.hostLabelDisablesPolicy && !config.hostFirewall) return 'policy-off';
  return RESERVED_NAMES.has(key) ? 'reserved-name' : undefined;
}

/** Means something only to Cilium as part of the identity: a label that the filter drops has no effect. */
export function needsIdentity(meaning: Meaning): boolean {
  return meaning === 'no-identity' || meaning === 'default-deny' || meaning === 'policy-off';
}
