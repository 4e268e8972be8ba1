/**
 * What of a policy costs far more entries than an equal form, each with both numbers.
 *
 * Cost: see cheaper-form.ts, for each form and no more than MOST_COUNTED of them.
 */
import type { ObjectRef, PolicyObject } from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Answer } from '../check.ts';
import { anyProtocols } from './any-protocol.ts';
import { Costs, type CheaperForm } from './cheaper-form.ts';
import { clusterwideEmptyPeers } from './clusterwide-empty-peer.ts';
import { elementsOf, rulesIn } from './element.ts';
import { nestedPrefixes } from './nested-prefixes.ts';
import { costFinding } from './pitfall-finding.ts';
import { prefixesWithoutGroup } from './prefixes-without-group.ts';

/** Each is a what-if. */
const MOST_COUNTED = 20;

export function* costsOf(ref: ObjectRef, view: ClusterView): Generator<Answer, void> {
  const policy = view.policyObject(ref);
  if (policy === undefined) return;
  const costs = new Costs(policy, view);
  let counted = 0;
  for (const form of formsOf(policy, view)) {
    yield PAUSE;
    if (!(yield* costs.mayBeWorth(form))) continue;
    if (++counted > MOST_COUNTED) {
      const reason = `no more than ${MOST_COUNTED} other forms of a policy are counted`;
      yield { kind: 'unjudged', reason, object: ref, path: form.field, unfinished: 'size' };
      return;
    }
    const cost = yield* costs.of(form);
    if (cost !== undefined) yield costFinding(cost);
  }
}

function* formsOf(policy: PolicyObject, view: ClusterView): Iterable<CheaperForm> {
  const elements = elementsOf(policy, rulesIn(policy, view));
  if (policy.kind === 'CiliumClusterwideNetworkPolicy') yield* clusterwideEmptyPeers(policy, elements, view.settings);
  yield* anyProtocols(policy, elements, view);
  yield* nestedPrefixes(policy, elements);
  yield* prefixesWithoutGroup(policy, elements, view);
}
