/**
 * How large a cluster the engine is measured on: a share of the reference cluster, so that growth is measured on clusters of
 * one shape.
 */
export interface ClusterParameters {
  readonly seed: number;
  readonly identities: number;
  readonly pods: number;
  readonly namespaces: number;
  readonly policies: number;
  /** Of the policies, those that are clusterwide: ten, however large the cluster is. */
  readonly ccnpFraction: number;
  /** Of subjects and peers, each counted once. */
  readonly selectors: number;
  /** Security labels, those that come of the namespace, the service account and the cluster among them. */
  readonly labelsPerIdentity: number;
  /** What is picked unevenly: the n-th of N with a chance that falls as n rises (`skewed`). */
  readonly zipf: number;
  readonly selectorMix: SelectorMix;
  /** At most. */
  readonly portsPerRule: number;
  /** Size of a stored pod as JSON, about. */
  readonly podBytes: number;
}

/** Shares of the peer selectors; what is left to 1 is broad: NotIn, Exists, DoesNotExist. */
export interface SelectorMix {
  /** A namespace and an app. */
  readonly app: number;
  /** A namespace, a tier and a component. */
  readonly component: number;
  /** All of a namespace. */
  readonly namespace: number;
  /** A tenant and an app. */
  readonly tenant: number;
  /** One of three apps. */
  readonly apps: number;
}

const CLUSTERWIDE_POLICIES = 10;

/** The most identities that a cluster can have, all but a few. */
const REFERENCE: ClusterParameters = {
  seed: 7,
  identities: 65_000,
  pods: 200_000,
  namespaces: 10_000,
  policies: 10_000,
  ccnpFraction: CLUSTERWIDE_POLICIES / 10_000,
  selectors: 25_000,
  labelsPerIdentity: 12,
  zipf: 2.2,
  selectorMix: { app: 0.6, component: 0.1, namespace: 0.12, tenant: 0.08, apps: 0.05 },
  portsPerRule: 3,
  podBytes: 5_000,
};

/** Smaller ones have less than one namespace. */
export const LEAST_SCALE = 0.002;

/** `scale` 1 is the reference cluster. */
export function clusterAtScale(scale: number, seed: number): ClusterParameters {
  const part = (all: number): number => Math.round(all * scale);
  const policies = part(REFERENCE.policies) + (scale < 1 ? CLUSTERWIDE_POLICIES : 0);
  return {
    ...REFERENCE,
    seed,
    identities: part(REFERENCE.identities),
    pods: part(REFERENCE.pods),
    namespaces: part(REFERENCE.namespaces),
    policies,
    ccnpFraction: CLUSTERWIDE_POLICIES / policies,
    selectors: part(REFERENCE.selectors),
  };
}
