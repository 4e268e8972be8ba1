/**
 * How far a rule is judged: some of what proofs do not have can be bounded by what they have.
 *
 * What a port name, a reference to a Service or a node selector comes to is not asked: every port of the protocol, everybody, and
 * every remote node hold all that it can come to. Who is behind a DNS name has its label, whatever its address. Authentication,
 * TLS and listeners take nothing away from a deny. So where everything within the bounds is denied, the allow is dead; nothing else
 * is said of such a rule.
 */
import type { Feature } from '../../cilium/policy/parse/unsupported.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import { endpointSelector, exists, WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';

/** `bounds`: its units say at least as much as the rule does. */
export type Judged = 'whole' | 'bounds' | 'not';

const BOUNDED: readonly Feature[] = [
  'DNS names',
  'TLS',
  'authentication',
  'listener',
  'nodes',
  'port names',
  'services',
];
const BOUNDED_NAMES: ReadonlySet<string> = new Set(BOUNDED);

export function howJudged({ unsupported }: Rule): Judged {
  if (unsupported.length === 0) return 'whole';
  return unsupported.every(({ feature }) => BOUNDED_NAMES.has(feature)) ? 'bounds' : 'not';
}

const EVERYBODY: readonly EndpointSelector[] = [WILDCARD];
const REMOTE_NODES: readonly EndpointSelector[] = [endpointSelector([exists('reserved', 'remote-node')])];

const BOUNDS_OF_ITEMS = new Map<string, readonly EndpointSelector[]>([
  ['services' satisfies Feature, EVERYBODY],
  ['nodes' satisfies Feature, REMOTE_NODES],
]);

/** What an item that stands at this place can come to at most; undefined: what it says. */
export function boundsAt(field: string, { unsupported }: Rule): readonly EndpointSelector[] | undefined {
  for (const part of unsupported) {
    const bounds = BOUNDS_OF_ITEMS.get(part.feature);
    if (bounds !== undefined && field.startsWith(part.field)) return bounds;
  }
  return undefined;
}
