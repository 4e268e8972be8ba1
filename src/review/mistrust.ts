/**
 * Why findings of some checks are recorded and nothing more: the model may not be what the cluster is.
 *
 * Such a finding never denies and is nobody's warning, in any mode: a webhook that knows too little lets the cluster go on.
 */
import { CHECK_IDS, type CheckId } from '../checks/facts/finding-facts.ts';
import { needsKind } from '../checks/kinds-needed.ts';
import { kindWord, type Kind } from '../cilium/objects.ts';
import type { ClusterView } from '../cluster/view.ts';

export interface Mistrust {
  readonly why: 'config-not-seen' | 'self-check' | 'stale';
  /** For a sentence that anybody may read: it names no object and no label. */
  readonly reason: string;
  readonly checks: ReadonlySet<CheckId>;
}

/** What the model says of itself. */
export function mistrustsOf({ settings, selfCheck }: ClusterView): readonly Mistrust[] {
  const mistrusts: Mistrust[] = [];
  if (settings.unsettled !== undefined) {
    mistrusts.push({ why: 'config-not-seen', reason: settings.unsettled, checks: new Set(CHECK_IDS) });
  }
  if (!selfCheck.isTrusted()) mistrusts.push(KEYS_DIFFER);
  return mistrusts;
}

/** What the number of identities and policy maps rests on. */
const KEYS_DIFFER: Mistrust = {
  why: 'self-check',
  reason:
    'agents gave more than 1 % of the pods other identities than the model predicts: findings about identities and policy maps are recorded only',
  checks: new Set(['identity-churn', 'policy-map-overflow']),
};

/** `staleKinds`: without a sign of life from their watch for longer than is allowed. */
export function staleMistrusts(staleKinds: readonly Kind[]): readonly Mistrust[] {
  const checks = CHECK_IDS.filter((check) => staleKinds.some((kind) => needsKind(check, kind)));
  if (checks.length === 0) return [];
  const kinds = [...new Set(staleKinds.map(kindWord))].sort().join(', ');
  const reason = `the model is out of date (no sign of life from the watch of ${kinds}): what needs it is recorded only`;
  return [{ why: 'stale', reason, checks: new Set(checks) }];
}

/** Of each check the first. */
export function mistrustsByCheck(mistrusts: readonly Mistrust[]): ReadonlyMap<CheckId, Mistrust> {
  const byCheck = new Map<CheckId, Mistrust>();
  for (const mistrust of mistrusts) {
    for (const check of mistrust.checks) if (!byCheck.has(check)) byCheck.set(check, mistrust);
  }
  return byCheck;
}
