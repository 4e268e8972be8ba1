/**
 * relabel-namespace: a change of namespace labels gives every pod of the namespace another identity at once.
 *
 * Counting rule: identities minted are the distinct new keys; in the worst case each node that has a pod with such a key
 * mints one of its own, as agents that allocate through CiliumIdentity objects take no lock (pkg/identity/cache).
 * Cost: O(pods of the namespace), and the classes that select each minted key.
 */
import { subjectOf } from '../../cluster/change.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Answer, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { namespaceRelabel, type MovedKey } from '../facts/relabelled-pods.ts';

/** More than this many is worth a word before it happens. */
const QUIET = { minted: 20, pods: 100 };

export function* relabelNamespace(context: ChangeContext): Iterable<Answer> {
  const relabel = yield* namespaceRelabel(context);
  if (relabel.kind !== 'relabelled') return;
  if (relabel.minted.length <= QUIET.minted && relabel.pods <= QUIET.pods) return;
  yield {
    check: 'identity-churn',
    id: 'relabel-namespace',
    severity: 'advice',
    certainty: identityCertainty(context.current.settings),
    subject: subjectOf(context.submission.change),
    audience: 'author',
    field: 'metadata.labels',
    facts: {
      podsReidentified: relabel.pods,
      identitiesMinted: relabel.minted.length,
      identitiesMintedWorst: mintedWorst(relabel.minted, context.current.settings),
      identitiesOrphaned: relabel.orphaned.length,
      entriesGainedWorst: yield* entriesGainedWorst(relabel.minted, context.before),
    },
    causes: [],
    proposals: [],
  };
}

function mintedWorst(minted: readonly MovedKey[], settings: Settings): number {
  if (!mayDuplicate(settings)) return minted.length;
  return minted.reduce((sum, { pods }) => sum + Math.max(1, nodesOf(pods)), 0);
}

function nodesOf(pods: MovedKey['pods']): number {
  return new Set(pods.map(({ nodeName }) => nodeName).filter((node) => node !== '')).size;
}

/** The operator makes one CiliumIdentity for a key, and a kvstore has locks. */
function mayDuplicate({ config }: Settings): boolean {
  const inObjects = config.identityAllocationMode === 'crd' || config.identityAllocationMode === 'doublewrite-readcrd';
  return inObjects && config.identityManagementMode !== 'operator';
}

/** Of the classes that there are: the most entries that the new identities add to one. The old ones are still there. */
function* entriesGainedWorst(minted: readonly MovedKey[], view: ClusterView): Generator<Pause, number> {
  const gains = new Map<string, number>();
  for (const { labels } of minted) {
    yield PAUSE;
    for (const { policyClass, gained } of view.classesGaining(labels)) {
      gains.set(policyClass.key, (gains.get(policyClass.key) ?? 0) + gained);
    }
  }
  let worst = 0;
  for (const gained of gains.values()) worst = Math.max(worst, gained);
  return worst;
}
