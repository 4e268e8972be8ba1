/**
 * How sure the numbers of a finding are; those of policy maps in entries-certainty.ts. Only `exact` and `lower-bound` can deny
 * (src/review/decision.ts).
 */
import type { Settings } from '../../cluster/settings.ts';
import type { Certainty } from '../../cluster/view.ts';

/** Why a number is not exact. */
export interface Doubt {
  readonly certainty: Exclude<Certainty, 'exact'>;
  /** Goes on from "because". */
  readonly reason: string;
}

export function doubt(certainty: Doubt['certainty'], holds: boolean, reason: string): readonly Doubt[] {
  return holds ? [{ certainty, reason }] : [];
}

export const BETWEEN_PATCHES = 'this patch of Cilium lies between two that differ, and the larger number is taken';

/** Of counts of identities, and of which identity a pod has. */
export function identityCertainty(settings: Settings): Certainty {
  return identityDoubts(settings)[0]?.certainty ?? 'exact';
}

/** One at most. */
export function identityDoubts({ unknown, profile, config }: Settings): readonly Doubt[] {
  if (unknown !== undefined) return doubt('unknown', true, unknown);
  // Each pod has the labels of the prefixes around its address (computeCIDRLabelsRLocked, pkg/endpoint), and of no prefix one, too.
  const isByAddress = config.cidrMatchMode.includes('pods');
  if (isByAddress) return doubt('unknown', true, 'prefixes select pods, whose identities depend on their addresses');
  if (profile.upperBound.identity) return doubt('upper-bound', true, BETWEEN_PATCHES);
  const { identityAllocationMode: mode } = config;
  const isElsewhere = mode === 'kvstore' || mode === 'doublewrite-readkvstore';
  return doubt(
    'lower-bound',
    isElsewhere,
    'agents read identities from a kvstore, and those without an endpoint or an object are not seen',
  );
}

/** Of what a rule does to a flow. */
export function verdictCertainty({ unknown }: Settings): Certainty {
  return unknown !== undefined ? 'unknown' : 'exact';
}
