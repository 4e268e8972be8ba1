/**
 * `unknown.policies: deny`: a policy that could not be judged is refused, where some check would refuse it for what it finds.
 *
 * For policies only. Nobody is refused because the time was up: a slow webhook lets the cluster go on. The author reads about
 * clusterwide objects and those of his tenant, as everywhere. What denies would do to it is no reason where nobody is refused for
 * that, or where there are no denies.
 */
import { hasDenies } from '../checks/deny-contradiction/denies.ts';
import { checksFor } from '../checks/registry.ts';
import type { ChangeContext } from '../checks/context.ts';
import { authorsNamespaces } from '../checks/facts/own-namespaces.ts';
import { subjectOf, writesPolicy } from '../cluster/change.ts';
import type { DecisionRules } from './decision-rules.ts';
import type { Unknown } from './results.ts';
import type { Standing } from './standing.ts';

/** Empty: nothing that would be a reason. */
export function refusedFor(
  unknowns: readonly Unknown[],
  context: ChangeContext,
  { rules, standing }: { readonly rules: DecisionRules; readonly standing: Standing },
): readonly Unknown[] {
  const { change } = context.submission;
  if (rules.unknownPolicies === 'allow' || !writesPolicy(change) || standing.isOlder) return [];
  const isEnforced = checksFor(subjectOf(change).kind).some(
    ({ id, onChange }) => onChange !== undefined && standing.settings.modes[id] === 'enforce',
  );
  if (!isEnforced) return [];
  const areDeniesAsked = standing.settings.modes['deny-contradiction'] === 'enforce' && hasDenies(context.after);
  const reasons = unknowns.filter(
    ({ unfinished, only }) =>
      (unfinished === undefined || unfinished === 'size') && (only === undefined || areDeniesAsked),
  );
  return reasons.map((unknown) => (isForAuthor(unknown, context) ? unknown : FOR_PLATFORM));
}

const FOR_PLATFORM: Unknown = { reason: 'the platform team can find out why in the log' };

function isForAuthor({ object }: Unknown, context: ChangeContext): boolean {
  if (object?.namespace === undefined) return true;
  const [isOwned] = authorsNamespaces(context);
  return isOwned(object.namespace);
}
