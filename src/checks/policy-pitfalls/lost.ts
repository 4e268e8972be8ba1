/**
 * The selectors of a policy that select nothing, or something else than they name.
 */
import { PAUSE, type Finding, type Pause } from '../check.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { rulesIn } from './element.ts';
import { filteredLabels } from './filtered-label.ts';
import { FlowEnds } from '../facts/flow-ends.ts';
import { foreignNamespaceSubjects } from './foreign-namespace-subject.ts';
import { lostFinding } from './pitfall-finding.ts';

export function* lostIn(ref: ObjectRef, view: ClusterView): Generator<Pause | Finding, void> {
  const policy = view.policyObject(ref);
  if (policy === undefined) return;
  const rules = rulesIn(policy, view);
  for (const lost of foreignNamespaceSubjects(policy, rules, view)) yield lostFinding(lost, view);
  for (const lost of filteredLabels(rules, { view, ends: new FlowEnds(view) })) {
    yield lost === PAUSE ? PAUSE : lostFinding(lost, view);
  }
}
