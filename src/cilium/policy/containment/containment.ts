/**
 * Whether what one selector reaches is inside what others reach together: for every identity that there can ever be.
 *
 * This is what makes an allow dead for good, where the identities of today only make it dead today. The answer is never a
 * wrong `covered`: where a limit ends the search it is `undecided`. Below the limit it is exact.
 * Cost: O(requirements) where each cover holds or fails as a whole, which is the rule; never more than STEPS looks at a
 * cover.
 */
import type { Budget } from '../../budget.ts';
import { COVERED, undecided, type Containment, type Reach } from './answer.ts';
import type { UniverseFacts } from './facts.ts';
import { PEER_WORLDS, SUBJECT_WORLDS } from './worlds.ts';

/** Looks at a cover: some tens of milliseconds. */
export const STEPS = 20_000;

/**
 * What all targets reach together, less what any cover does: `covered` where nothing is left, or where the targets reach
 * nothing. A subject among them leaves endpoints only: pods of this
 * cluster, and the health and init endpoints, which a clusterwide policy selects too.
 */
export function uncoveredReach(
  targets: readonly Reach[],
  covers: readonly Reach[],
  facts: UniverseFacts,
  budget: Budget,
): Containment {
  if (facts.cidrMatchMode.length > 0 && [...targets, ...covers].some(speaksOfPrefixes))
    return undecided('cidr-match-mode');
  const worlds = targets.some(({ role }) => role === 'subject') ? SUBJECT_WORLDS : PEER_WORLDS;
  let answer = COVERED;
  for (const world of worlds) {
    const found = world({ targets, covers, facts, budget });
    if (found.kind === 'uncovered') return found;
    if (found.kind === 'undecided') answer = found;
  }
  return answer;
}

function speaksOfPrefixes({ selector }: Reach): boolean {
  return selector.origin !== 'labels' || selector.requirements.some(({ source }) => source.startsWith('cidr'));
}
