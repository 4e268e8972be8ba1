/**
 * Whether the aggregate of an identity says the same as its own entry, where both are equally strong (1.20).
 *
 * Mirrors equivalent (pkg/policy/mapstate.go) and what merges entries (Merge, pkg/policy/types/entry.go, and origin.go): an entry
 * that its aggregate repeats is left out only if both go to one proxy port and are logged alike. Listeners have ports of their own,
 * and of several of one priority the lowest port stays, which nobody knows who does not run them. Texts for the log are joined as
 * they come: one that the aggregate never has keeps the entry, in any order, unless only a weaker rule has it.
 * Cost: O(contributions x log identities) for an identity.
 */
import { holds } from '../../identity/identity-set.ts';
import { logTexts } from '../log-text.ts';
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

/** What is said of one identity at one key, and the part of it that is as strong as the entry. */
interface Said {
  readonly all: readonly Contribution[];
  readonly strongest: readonly Contribution[];
}

export function isRepeated(column: readonly Contribution[], { identity, aggregate, precedence }: Beside): Answer {
  const own = saidOf(column, identity, precedence);
  const general = saidOf(column, aggregate, precedence);
  const listeners = alike(own.strongest.map(listenerOf), general.strongest.map(listenerOf));
  const logs = loggedAlike(own, general);
  if (listeners === 'no' || logs === 'no') return 'no';
  return listeners === 'yes' && logs === 'yes' ? 'yes' : 'perhaps';
}

function saidOf(column: readonly Contribution[], id: number, precedence: Precedence): Said {
  const all = column.filter((one) => isMerged(one.precedence, precedence) && holds(one.ids(), id));
  return { all, strongest: all.filter((one) => one.precedence === precedence) };
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

/** An entry keeps the texts that it has got; those of what is weaker may come to nothing before. */
function loggedAlike(own: Said, general: Said): Answer {
  const mine = textsOf(own);
  const others = textsOf(general);
  const isForeign = ({ log }: Contribution, texts: ReadonlySet<string>): boolean =>
    logTexts(log).some((text) => !texts.has(text));
  if (own.strongest.some((one) => isForeign(one, others))) return 'no';
  if (general.strongest.every((one) => isForeign(one, mine))) return 'no';
  return new Set([...own.all, ...general.all].map(({ log }) => log)).size === 1 ? 'yes' : 'perhaps';
}

function textsOf({ all }: Said): ReadonlySet<string> {
  return new Set(all.flatMap(({ log }) => logTexts(log)));
}
