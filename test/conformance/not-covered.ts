/**
 * Recorded worlds that the engine does not answer yet, each with the feature that is missing.
 *
 * A world is passed in every version or listed here; a listed one is answered with the feature among its `unsupported`
 * parts, and never with a number that looks right.
 */
export interface NotCovered {
  readonly world: string;
  /** The minors in which it is not covered; in the others it passes. */
  readonly minors: readonly string[];
  readonly feature: string;
}

export const NOT_COVERED: readonly NotCovered[] = [
  { world: 'kcnp-admin-accept-beats-ccnp-deny', minors: ['1.20'], feature: 'ClusterNetworkPolicy' },
  { world: 'kcnp-baseline-deny-loses-to-cnp-allow', minors: ['1.20'], feature: 'ClusterNetworkPolicy' },
];
