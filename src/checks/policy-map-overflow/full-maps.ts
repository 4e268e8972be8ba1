/**
 * The maps that are full or nearly so as things stand, for an audit: nothing has grown.
 *
 * A finding is about the policy that has a part in the most entries, so that its owner reads it, and not whoever happens to
 * have the lowest identity of a class. A full map that only system namespaces use is nobody's violation.
 * Cost: O(identities) and a count for each class that has an endpoint; the map itself only where it is reported.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Answer, type Severity } from '../check.ts';
import type { StateContext } from '../context.ts';
import { allClasses, hasEndpoint } from '../facts/class-members.ts';
import { namespaceOfIdentity } from '../facts/namespace-of-identity.ts';
import { isSystemNamespace } from '../settings.ts';
import { contributorsOf, type Contributor } from './contributors.ts';
import { expectedEntries, type ExpectedEntries } from './expected-entries.ts';
import { limitsOf, linesOf } from './growth.ts';
import { overflowFinding } from './overflow-finding.ts';

export function* fullMaps(context: StateContext): Iterable<Answer> {
  const { view } = context;
  const settled = view.settled();
  for (const { policyClass, identities } of yield* allClasses(view)) {
    yield PAUSE;
    const users = identities.filter((identity) => hasEndpoint([identity], view));
    if (users.length === 0) continue;
    const { limit } = limitsOf(view, context.settings);
    const lines = linesOf({ limit, advicePercent: advicePercentOf(users, context) });
    const { entries, certainty, least } = yield* expectedEntries(policyClass, view, lines);
    const severity = severityOfState({ entries, least }, users, context);
    if (severity === undefined) continue;
    const contributors = yield* contributorsOf(policyClass, view);
    const subject = filledBy(contributors) ?? homeOf(users, view);
    if (subject === undefined) continue;
    yield yield* overflowFinding({
      policyClass,
      identities,
      contributors,
      subject,
      severity,
      certainty,
      audience: 'author',
      before: entries,
      after: entries,
      view,
      settled,
      proposals: [],
    });
  }
}

/** undefined: nothing to say. */
function severityOfState(
  { entries, least }: Pick<ExpectedEntries, 'entries' | 'least'>,
  users: readonly NumericIdentity[],
  context: StateContext,
): Severity | undefined {
  const { limit } = limitsOf(context.view, context.settings);
  if (entries < (limit * advicePercentOf(users, context)) / 100) return undefined;
  if (least <= limit) return 'advice';
  return users.every((identity) => isOfSystem(identity, context)) ? 'advice' : 'violation';
}

/** The lowest of those of the tenants that have the map. */
function advicePercentOf(users: readonly NumericIdentity[], { view, settingsOf }: StateContext): number {
  const namespaces = new Set(users.map((identity) => namespaceOfIdentity(identity, view)));
  const tenants = new Set([...namespaces].map((namespace) => view.tenantOf(namespace)));
  return Math.min(...[...tenants].map((tenant) => settingsOf(tenant).policyMapOverflow.advicePercent));
}

function isOfSystem(identity: NumericIdentity, { view, settings }: StateContext): boolean {
  const namespace = namespaceOfIdentity(identity, view);
  return namespace !== undefined && isSystemNamespace(namespace, settings);
}

/** undefined: no policy is behind the entries. */
function filledBy([most]: readonly Contributor[]): ObjectRef | undefined {
  return most?.rule.object;
}

function homeOf([first]: readonly NumericIdentity[], view: ClusterView): ObjectRef | undefined {
  const name = first === undefined ? undefined : namespaceOfIdentity(first, view);
  return name === undefined ? undefined : { kind: 'Namespace', name };
}
