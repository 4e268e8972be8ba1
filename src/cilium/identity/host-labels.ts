/**
 * The labels of a node -> those of its host endpoint, which nodeSelector asks for.
 *
 * Mirrors InitWithNodeLabels (pkg/endpoint): the labels of a node go through the filter for pods. LookupReservedIdentityByLabels
 * (pkg/identity) makes them identity 1.
 * Invariant: a function of its arguments only.
 */
import type { Labels } from '../objects.ts';
import type { Profile } from '../profile.ts';
import type { LabelFilter } from './label-filter.ts';
import { labelArray, labelOf, reservedLabel, type LabelArray } from './label.ts';
import { FIXED_IDENTITY_KEY } from './pod-identity.ts';
import { labelsFrom } from './pod-labels.ts';

export interface HostSettings {
  readonly profile: Profile;
  readonly filter: LabelFilter;
}

const HOST = reservedLabel('host');

/** undefined where Cilium leaves a value to chance, or takes the endpoint for another than that of the host. */
export function hostLabels(nodeLabels: Labels, { profile, filter }: HostSettings): LabelArray | undefined {
  const { labels, undecided } = labelsFrom('k8s', nodeLabels, profile);
  const kept = labelArray([...labels.values()].filter((label) => filter.keeps(label)));
  const isUndecided = undecided.some((key) => labelOf(kept, key) !== undefined);
  const isOther = [HOST.key, FIXED_IDENTITY_KEY].some((key) => labelOf(kept, key) !== undefined);
  return isUndecided || isOther ? undefined : labelArray([HOST, ...kept]);
}
