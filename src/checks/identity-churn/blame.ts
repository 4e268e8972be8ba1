/**
 * Which labels keep changing, and who set them: the author of this change, somebody who was judged before, or a controller.
 *
 * Only labels that are part of the identity count, and of these the ones that this change sets. A label that only a
 * controller or a Binding adds is nothing that its author could leave out; one in the template of a stored owner was judged
 * there. A zone that the author wrote, and no node puts another in place of, is his: a cluster has few, so that they do not
 * keep changing unless somebody makes them.
 */
import { PAUSE, type Pause } from '../check.ts';
import type { MintedIdentity } from '../facts/minting.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { churningKeys } from './churning-keys.ts';
import type { IdentitiesBefore } from './key-standing.ts';
import { madeUpKeys } from './made-up-keys.ts';
import type { ChurnLimits } from './namespace-use.ts';

/** Others may have made up hundreds of thousands. */
const KEYS_PER_PAUSE = 8192;

export interface Blame {
  /** Sorted: the smallest set that merges the identities. */
  readonly keys: readonly string[];
  /** Sorted: those of them that this change sets and that keep changing, by value or by key. Not empty. */
  readonly churning: readonly string[];
  /** `author`: he could leave all of `churning` out here. */
  readonly on: 'author' | 'others';
  /** Of `churning`, those that only a controller or a Binding adds. */
  readonly given: readonly string[];
}

export interface BlameQuestion {
  /** The smallest set that merges the identities. */
  readonly keys: readonly string[];
  readonly before: IdentitiesBefore;
  readonly limits: ChurnLimits;
  readonly minting: MintedIdentity;
  /** Whether a controller or a Binding gives these pods what they have under this key. */
  readonly isGiven: (key: string) => boolean;
}

/** undefined: no label that this change sets keeps changing. */
export function* blameOf({
  keys,
  before,
  limits,
  minting,
  isGiven,
}: BlameQuestion): Generator<Pause, Blame | undefined> {
  const set = yield* keysSetHere(keys, minting);
  const own = set.filter((key) => !isGiven(key) && !wasJudged(key, minting));
  const changing = yield* churningKeys({ before, limits, harmless: [], candidates: own, kept: without(keys, own) });
  const churning = changing.length > 0 ? changing : yield* madeUpKeys(before, own);
  if (churning.length > 0) return { keys, churning, on: 'author', given: [] };
  const rest = without(set, own);
  const others = yield* churningKeys({ before, limits, harmless: own, candidates: rest, kept: without(keys, set) });
  return others.length === 0 ? undefined : { keys, churning: others, on: 'others', given: others.filter(isGiven) };
}

function without(keys: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Set(others);
  return keys.filter((key) => !left.has(key));
}

function* keysSetHere(
  keys: readonly string[],
  { labels, shapeBefore }: MintedIdentity,
): Generator<Pause, readonly string[]> {
  const own = new Map(labels.filter(isPodLabel).map(({ key, value }) => [key, value]));
  const set: string[] = [];
  for (const [index, key] of keys.entries()) {
    if (index % KEYS_PER_PAUSE === KEYS_PER_PAUSE - 1) yield PAUSE;
    if (own.has(key) && own.get(key) !== shapeBefore?.labels.get(key)) set.push(key);
  }
  return set;
}

/** With this value: of a template, what a controller would replace tells nothing about the pods. */
function wasJudged(key: string, { judgedAtOwner, judgedTemplate, shape }: MintedIdentity): boolean {
  if (!judgedAtOwner || judgedTemplate === undefined) return judgedAtOwner;
  return judgedTemplate.labels.has(key) && judgedTemplate.labels.get(key) === shape.labels.get(key);
}
