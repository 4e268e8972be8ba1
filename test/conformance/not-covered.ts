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

export const NOT_COVERED: readonly NotCovered[] = [];

/**
 * Worlds that hold something that the store does not hold yet, so that the product says `unknown`: learned names and services,
 * port names of identities without pods, addresses of API servers.
 */
const EVERY_MINOR = ['1.18', '1.19', '1.20'];

export const NOT_IN_THE_STORE: readonly NotCovered[] = [
  ...NOT_COVERED,
  { world: 'named-port-ingress', minors: EVERY_MINOR, feature: 'port names' },
  { world: 'named-port-ingress-unknown', minors: EVERY_MINOR, feature: 'port names' },
  { world: 'named-port-egress-single', minors: EVERY_MINOR, feature: 'port names' },
  { world: 'named-port-egress-conflict', minors: EVERY_MINOR, feature: 'port names' },
];
