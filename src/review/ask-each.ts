/**
 * One question to a cluster by each of the settings that agents run with, one after the other.
 */
import type { Pause } from '../checks/check.ts';
import type { ClusterView } from '../cluster/view.ts';

/** The first is by the settings that agents have from their next start on. */
export type Views = readonly [ClusterView, ...ClusterView[]];

export function viewsOf(view: ClusterView): Views {
  return [view, ...view.others];
}

/** In the order of the views, or of whatever stands for them. */
export function* askEach<Item, Answer>(
  [first, ...others]: readonly [Item, ...Item[]],
  ask: (item: Item) => Generator<Pause, Answer>,
): Generator<Pause, readonly [Answer, ...Answer[]]> {
  const answers: [Answer, ...Answer[]] = [yield* ask(first)];
  for (const other of others) answers.push(yield* ask(other));
  return answers;
}
