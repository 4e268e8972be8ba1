/**
 * Endpoint selectors: what a peer or a subject matches, and which selector contains which.
 *
 * Mirrors pkg/policy/api/selector.go and pkg/policy/types (requirements.go, selector.go).
 * Invariant: requirements are sorted by their text and none is repeated, so that equal selectors have equal keys.
 */

export type SelectorKey = string & { readonly __brand: 'SelectorKey' };

export interface Requirement {
  /** `any` matches every source; `cidr` compares prefixes by containment. */
  readonly source: string;
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Sorted, each once; empty for Exists and DoesNotExist. `key: value` is `In [value]`. */
  readonly values: readonly string[];
}

export interface EndpointSelector {
  /** Canonical text: equal keys, equal selections. */
  readonly key: SelectorKey;
  /** All must hold. None: the wildcard, which is a map key of its own and not a set of identities. */
  readonly requirements: readonly Requirement[];
  /** A selector made from a CIDR rule; since 1.20 such a selector takes identities with a world label only. */
  readonly origin: 'labels' | 'cidr';
}
