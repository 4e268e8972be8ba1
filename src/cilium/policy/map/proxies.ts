/**
 * Whether an identity and its aggregate are sent to one proxy, where the redirects of both are equally strong (1.20).
 *
 * Mirrors equivalent (pkg/policy/mapstate.go) and Merge (pkg/policy/types/entry.go): an entry that its aggregate repeats is left out
 * only if both go to one proxy port. Listeners have ports of their own, and of several of one priority the lowest port stays, which
 * nobody knows who does not run them.
 * Cost: O(contributions x log identities) for an identity.
 */
import { holds } from '../../identity/identity-set.ts';
import type { Precedence } from '../precedence.ts';
import type { Contribution } from './contributions.ts';

export interface Beside {
  readonly identity: number;
  readonly aggregate: number;
  /** Of both. */
  readonly precedence: Precedence;
}

export function goToOneProxy(
  column: readonly Contribution[],
  { identity, aggregate, precedence }: Beside,
): 'yes' | 'no' | 'perhaps' {
  const own = listenersFor(column, identity, precedence);
  const general = listenersFor(column, aggregate, precedence);
  if ([...own].every((listener) => !general.has(listener))) return 'no';
  return own.size === 1 && general.size === 1 ? 'yes' : 'perhaps';
}

/** `undefined` among them: a proxy of the agent's own. */
function listenersFor(
  column: readonly Contribution[],
  identity: number,
  precedence: Precedence,
): ReadonlySet<string | undefined> {
  const asked = column.filter((one) => one.precedence === precedence && holds(one.ids(), identity));
  return new Set(asked.map(({ listener }) => listener));
}
