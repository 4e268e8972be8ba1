/**
 * Of selectors with one text, the one that a policy uses first stands for all of them.
 *
 * Mirrors addSelectorsTxn (pkg/policy/selectorcache.go). Only a cidrGroupSelector without excepts is written as a selector of
 * labels that selects otherwise: `{}`, and since 1.20 whatever names a source, such as `$world`. The cache is that of a node:
 * where another endpoint has used one of them before, that one stands.
 * Invariant: ingress comes before egress, and each direction takes rules in their order, then what it allows by itself.
 * Cost: where no rule has such a selector, one look at each peer.
 */
import { getOrMake } from '../get-or-make.ts';
import type { PolicyContext } from './context.ts';
import { listedSelectors, type Rule } from './rule.ts';
import { isWildcard, textOf, WILDCARD, type EndpointSelector } from './selector.ts';

export class SelectorCache {
  /** Undefined where each selector stands for itself. */
  readonly #first: Map<string, EndpointSelector> | undefined;

  constructor(rules: readonly Rule[]) {
    this.#first = rules.some(({ peers }) => listedSelectors(peers).some(isAmbiguous))
      ? new Map<string, EndpointSelector>()
      : undefined;
  }

  use(selector: EndpointSelector): EndpointSelector {
    return this.#first === undefined ? selector : getOrMake(this.#first, textOf(selector), () => selector);
  }
}

/** What of a filter is asked here: filters are made with this cache. */
interface PortFilter {
  readonly port: { readonly kind: 'range' | 'name' };
  readonly entries: ReadonlyMap<string, unknown>;
}

/** Whether what other endpoints of a node use may change what the rules select, or whose port names everybody on egress has. */
export function isLeftToChance(
  rules: readonly Rule[],
  egress: readonly PortFilter[],
  { profile }: PolicyContext,
): boolean {
  const groups = rules.flatMap(({ peers }) => listedSelectors(peers).filter(isAmbiguous));
  if (groups.some(namesSource)) return true;
  return profile.egressNamedPorts === 'identity' && groups.some(isWildcard) && egress.some(namesEverybody);
}

function isAmbiguous({ spelledAsLabels }: EndpointSelector): boolean {
  return spelledAsLabels === true;
}

/** Another than that of groups, which ordinary rules name, too. */
function namesSource({ requirements }: EndpointSelector): boolean {
  return requirements.some(({ source }) => source !== 'cidrgroup');
}

function namesEverybody({ port, entries }: PortFilter): boolean {
  return port.kind === 'name' && entries.has(WILDCARD.key);
}
