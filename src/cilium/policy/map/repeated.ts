/**
 * Whether the aggregate of an identity says the same as its own entry, where both are equally strong (1.20).
 *
 * Mirrors equivalent (pkg/policy/mapstate.go) and what merges entries (Merge, pkg/policy/types/entry.go, and origin.go): an entry
 * that its aggregate repeats is left out only if both go to one proxy port and are logged alike. Listeners have ports of their own,
 * and of several of one priority the lowest port stays, which nobody knows who does not run them. Texts for the log are joined as
 * they come.
 * Cost: O(contributions x log identities) for an identity.
 */
import { holds } from '../../identity/identity-set.ts';
import { isDeny, tierOf, type Precedence } from '../precedence.ts';
import type { Contribution } from './contributions.ts';

export interface Beside {
  readonly identity: number;
  readonly aggregate: number;
  /** Of both. */
  readonly precedence: Precedence;
}

export type Answer = 'yes' | 'no' | 'perhaps';

/** Whether there is anything in the column besides strength in which entries may differ. */
export function needsLook(column: readonly Contribution[]): boolean {
  return column.some(({ listener, log }) => listener !== undefined || log !== undefined);
}

export function isRepeated(column: readonly Contribution[], { identity, aggregate, precedence }: Beside): Answer {
  const merged = column.filter((one) => isMerged(one.precedence, precedence));
  const own = merged.filter(({ ids }) => holds(ids(), identity));
  const general = merged.filter(({ ids }) => holds(ids(), aggregate));
  const isStrongest = (one: Contribution): boolean => one.precedence === precedence;
  const listeners = alike(own.filter(isStrongest).map(listenerOf), general.filter(isStrongest).map(listenerOf));
  const logs = alike(own.map(logOf), general.map(logOf));
  if (listeners === 'no' || logs === 'no') return 'no';
  return listeners === 'yes' && logs === 'yes' ? 'yes' : 'perhaps';
}

/** Into one entry: a redirect and a plain allow of one tier are. */
function isMerged(a: Precedence, b: Precedence): boolean {
  return tierOf(a) === tierOf(b) && isDeny(a) === isDeny(b);
}

function alike(own: readonly string[], general: readonly string[]): Answer {
  const [mine, others] = [new Set(own), new Set(general)];
  if ([...mine].every((text) => !others.has(text))) return 'no';
  return mine.size === 1 && others.size === 1 ? 'yes' : 'perhaps';
}

/** Empty: a proxy of the agent's own. */
function listenerOf({ listener = '' }: Contribution): string {
  return listener;
}

function logOf({ log = '' }: Contribution): string {
  return log;
}
