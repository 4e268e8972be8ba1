/**
 * namespace-churn: one namespace after the other is made and deleted, and each leaves identities behind.
 *
 * Counted are the identities of namespaces that are gone: those that belonged to the same tenant label, or whose names have this
 * one's in common once digits and hex runs are cut out (`pr-123`). Only what a tenant left behind itself can deny it anything.
 * Cost: O(1): the counts are kept up with each event.
 */
import { subjectOf } from '../../cluster/change.ts';
import { isLabelledTenant, type Tenant } from '../../cluster/tenant.ts';
import { isPattern, namespacePattern } from '../../cluster/usage/namespace-pattern.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Answer } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { roomComesBack } from '../facts/collection-time.ts';
import { newIdentity } from '../facts/tenant-budget.ts';
import { MOST_LEFT_BEHIND } from '../settings.ts';

interface NewNamespace {
  readonly name: string;
  readonly tenant: Tenant;
  readonly minted: number;
  readonly judgedAtOwner: boolean;
}

interface LeftBehind {
  readonly identities: number;
  readonly by: 'tenant' | 'pattern';
}

export function* namespaceChurn(context: ChangeContext): Iterable<Answer> {
  const fresh = newNamespace(context);
  if (fresh === undefined || !knowsNamespaces(context.current)) return;
  const { tenant } = fresh;
  const pattern = namespacePattern(fresh.name);
  const left = leftBehind(tenant, pattern, context.current);
  if (left.identities < MOST_LEFT_BEHIND) return;
  const isOwn = left.by === 'tenant' && !fresh.judgedAtOwner;
  const room =
    left.by === 'tenant'
      ? roomComesBack(context.current.usage, tenant, left.identities - MOST_LEFT_BEHIND + 1)
      : undefined;
  yield {
    id: 'namespace-churn',
    severity: isOwn ? 'violation' : 'advice',
    certainty: identityCertainty(context.current.settings),
    subject: subjectOf(context.submission.change),
    audience: 'author',
    facts: { newIdentities: fresh.minted, identities: left.identities, pattern },
    details: { namespace: fresh.name, ...(left.by === 'tenant' ? { tenant } : {}) },
    causes: [],
    proposals: room === undefined ? [] : [{ kind: 'words', text: `try again later: ${room}` }],
  };
}

/** One that is created, or the first minting in it. Where identities of that name are left, the namespace is none. */
function newNamespace(context: ChangeContext): NewNamespace | undefined {
  const { change } = context.submission;
  if (change.op === 'create' && change.after.kind === 'Namespace') {
    const { name } = change.after;
    if (hasIdentities(name, context)) return undefined;
    return { name, tenant: context.after.tenantOf(name), minted: 0, judgedAtOwner: false };
  }
  const minting = context.fact(newIdentity);
  if (minting === undefined || hasIdentities(minting.namespace, context)) return undefined;
  const { namespace: name, judgedAtOwner } = minting;
  return { name, tenant: context.current.tenantOf(name), minted: 1, judgedAtOwner };
}

function hasIdentities(namespace: string, { current }: ChangeContext): boolean {
  return current.usage.ofNamespace(namespace).keys > 0;
}

function leftBehind(tenant: Tenant, pattern: string, { usage }: ClusterView): LeftBehind {
  const own = isLabelledTenant(tenant) ? usage.of(tenant).deleted : 0;
  if (own >= MOST_LEFT_BEHIND) return { identities: own, by: 'tenant' };
  return { identities: isPattern(pattern) ? usage.deletedLike(pattern) : 0, by: 'pattern' };
}

/** A source without Namespaces has deleted none. */
function knowsNamespaces(view: ClusterView): boolean {
  return view.namespaces()[Symbol.iterator]().next().done !== true;
}
