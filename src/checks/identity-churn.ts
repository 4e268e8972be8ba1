/**
 * identity-churn: a change must not mint or shuffle security identities beyond what its tenant may use.
 *
 * Cost: one identity for a pod whose identity is known, which is most pods; see the findings for the others.
 */
import { WORKLOAD_KINDS } from '../cilium/objects.ts';
import { isOfPods } from '../cluster/change.ts';
import type { UnknownIdentity } from '../cluster/view.ts';
import { isFinding, type Answer, type Unjudged } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { mintingOf } from './facts/minting.ts';
import { namespaceRelabel } from './facts/relabelled-pods.ts';
import { clusterChurn } from './identity-churn/cluster-churn.ts';
import { clusterHeadroom, standingHeadroom } from './identity-churn/cluster-headroom.ts';
import { gcStalled } from './identity-churn/gc-stalled.ts';
import { identityBudget, standingBudgets } from './identity-churn/identity-budget.ts';
import { labelChurn } from './identity-churn/label-churn.ts';
import { labelNotAllowed } from './identity-churn/label-not-allowed.ts';
import { mintRate } from './identity-churn/mint-rate.ts';
import { namespaceChurn } from './identity-churn/namespace-churn.ts';
import { relabelNamespace } from './identity-churn/relabel-namespace.ts';
import { runsChurn, standingRunsChurn } from './identity-churn/runs-churn.ts';
import { relabelPod } from './identity-churn/relabel-pod.ts';

export const identityChurn: Check = {
  id: 'identity-churn',
  kinds: ['Pod', 'Namespace', ...WORKLOAD_KINDS],
  onChange,
  isSilent,
  onState,
};

function* onState(context: StateContext): Iterable<Answer> {
  yield* standingBudgets(context);
  yield* standingHeadroom(context);
  yield* gcStalled(context);
  yield* clusterChurn(context);
  yield* standingRunsChurn(context);
}

function* onChange(context: ChangeContext): Iterable<Answer> {
  for (const fact of [context.fact(mintingOf), yield* namespaceRelabel(context)]) {
    if (fact.kind === 'unknown') yield unjudged(fact);
  }
  yield* either(labelChurn(context), runsChurn(context));
  yield* identityBudget(context);
  yield* clusterHeadroom(context);
  yield* mintRate(context);
  yield* namespaceChurn(context);
  yield* labelNotAllowed(context);
  yield* relabelPod(context);
  yield* relabelNamespace(context);
}

/** Pods and workloads are looked at for what they mint. */
function isSilent(context: ChangeContext): boolean {
  if (!isOfPods(context.submission.change)) return false;
  return context.settings.identityLabels.allowed === undefined && context.fact(mintingOf).kind === 'none';
}

/** The second only where the first finds nothing. */
function* either(first: Iterable<Answer>, second: Iterable<Answer>): Iterable<Answer> {
  let isFound = false;
  for (const answer of first) {
    isFound ||= isFinding(answer);
    yield answer;
  }
  if (!isFound) yield* second;
}

function unjudged({ reason, unfinished }: UnknownIdentity): Unjudged {
  const size = unfinished === undefined ? {} : { unfinished };
  return { kind: 'unjudged', reason: `identities are not known: ${reason}`, ...size };
}
