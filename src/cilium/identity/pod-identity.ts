/**
 * Which identity a pod gets: its labels, their canonical key, and what kind of identity that key stands for.
 *
 * Mirrors FetchK8sMetadataForEndpoint (pkg/endpoint/metadata), LookupReservedIdentityByLabels and ScopeForLabels
 * (pkg/identity/identity.go) in the order of AllocateIdentity (pkg/identity/cache).
 * Invariant: a function of its arguments only; two pods with equal keys have the same identity.
 * Cost: O(n log n) in the labels of pod and namespace.
 */
import type { AgentConfig } from '../agent-config.ts';
import type { PodShape } from '../objects.ts';
import type { Profile } from '../profile.ts';
import type { LabelFilter } from './label-filter.ts';
import { canonicalKey, labelArray, labelOf, type CanonicalKey, type Label, type LabelArray } from './label.ts';
import { GENERATED_SOURCE, namedPortsLabels } from './named-ports-label.ts';
import { wellKnownIdentity } from './numeric-identity.ts';
import { plainLabels, podLabels, type NamespaceShape } from './pod-labels.ts';

/** What identities depend on besides the objects. */
export interface IdentitySettings {
  readonly profile: Profile;
  readonly config: AgentConfig;
  readonly filter: LabelFilter;
}

interface IdentityLabels {
  /** The identity-relevant labels. */
  readonly labels: LabelArray;
  readonly key: CanonicalKey;
}

type IdentityKind =
  | { readonly kind: 'global' }
  /** A fixed number: no CiliumIdentity is made. */
  | { readonly kind: 'reserved'; readonly id: number; readonly reason: 'well-known' | 'fixed' }
  /** A label with the key `remote-node`: every node gives it a number of its own, and no CiliumIdentity is made. */
  | { readonly kind: 'node-local' }
  /** Cilium leaves the values of these labels to chance (until 1.19), so that the key is one of several. */
  | { readonly kind: 'undecided'; readonly keys: readonly string[] };

export type PodIdentity = IdentityLabels & IdentityKind;

export const FIXED_IDENTITY_KEY = 'io.cilium.fixed-identity';
export const REMOTE_NODE_KEY = 'remote-node';

/** For a pod that takes an identity at all: not hostNetwork, not finished. */
export function podIdentity(pod: PodShape, namespace: NamespaceShape, settings: IdentitySettings): PodIdentity {
  const { filter, profile, config } = settings;
  const plain = plainLabels(pod, namespace, settings);
  const candidates = plain === undefined ? podLabels(pod, namespace, settings) : undefined;
  const kept: Label[] = [];
  for (const label of plain ?? candidates?.labels.values() ?? []) if (filter.keeps(label)) kept.push(label);
  if (profile.namedPortsLabel) kept.push(...namedPortsLabels(pod.ports));
  const labels = labelArray(kept);
  const undecided = candidates?.undecided.filter((key) => labelOf(labels, key) !== undefined) ?? [];
  const kind: IdentityKind = undecided.length > 0 ? { kind: 'undecided', keys: undecided } : kindOf(labels, config);
  return { labels, key: canonicalKey(labels), ...kind };
}

/** The labels of a pod that the filter drops. */
export function informationLabels(pod: PodShape, namespace: NamespaceShape, settings: IdentitySettings): LabelArray {
  const { labels } = podLabels(pod, namespace, settings);
  return labelArray([...labels.values()].filter((label) => !settings.filter.keeps(label)));
}

/** Whether pods with these labels have a key that a CiliumIdentity is made for. */
export function hasKey(labels: LabelArray, config: AgentConfig): boolean {
  return kindOf(labels, config).kind === 'global';
}

function kindOf(labels: LabelArray, config: AgentConfig): IdentityKind {
  const wellKnown = config.wellKnownIdentities ? wellKnownIdentity(labels, config) : undefined;
  if (wellKnown !== undefined) return { kind: 'reserved', id: wellKnown, reason: 'well-known' };
  const fixed = fixedIdentity(labels, config);
  if (fixed !== undefined) return { kind: 'reserved', id: fixed, reason: 'fixed' };
  return { kind: isNodeLocal(labels) ? 'node-local' : 'global' };
}

/** The number that `fixed-identity-mapping` gives; all other labels are then without effect. */
function fixedIdentity(labels: LabelArray, config: AgentConfig): number | undefined {
  const label = labelOf(labels, FIXED_IDENTITY_KEY);
  if (label === undefined) return undefined;
  for (const [id, name] of config.fixedIdentityMapping) if (name === label.value) return id;
  return undefined;
}

/** The source is not looked at: a pod label with this key is enough. */
export function isNodeLocal(labels: LabelArray): boolean {
  return labelOf(labels, REMOTE_NODE_KEY) !== undefined;
}

/** What the operator puts into the CiliumIdentity where it manages them: it does not know of named ports (1.20.2 included). */
export function operatorLabels(labels: LabelArray): LabelArray {
  return labels.filter((label) => label.source !== GENERATED_SOURCE);
}
