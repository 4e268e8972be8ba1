/**
 * Everything that a view answers about a small cluster, in a form in which two views can be compared: identities by key, not
 * by number, because provisional and node-local numbers are made up.
 */
import { canonicalKey } from '../../src/cilium/identity/label.ts';
import { refOf } from '../../src/cilium/objects.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../src/cluster/view.ts';

export interface IdentityAnswer {
  readonly key: string;
  readonly numbers: number;
  readonly pods: readonly string[];
  readonly entries: number;
  readonly map: readonly string[];
  readonly classSize: number;
}

export function answersOf(view: ClusterView): readonly IdentityAnswer[] {
  const answers: IdentityAnswer[] = [];
  const seen = new Set<string>();
  for (const id of view.identities()) {
    const labels = view.labelsOf(id) ?? [];
    const key = canonicalKey(labels);
    if (seen.has(key)) continue;
    seen.add(key);
    const policyClass = view.classOf(labels, id);
    answers.push({
      key,
      numbers: view.identitiesWithKey(key).length,
      pods: [...view.podsWith(id)].map((pod) => `${refOf(pod).namespace ?? ''}/${pod.name}`).sort(),
      entries: runToEnd(view.entriesSteps(policyClass)),
      map: mapLines(view, id),
      classSize: [...view.membersOf(policyClass)].length,
    });
  }
  return answers.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function mapLines(view: ClusterView, id: number): readonly string[] {
  const policyClass = view.classOf(view.labelsOf(id) ?? [], id);
  const { nodes } = runToEnd(view.agentIdentitiesSteps(policyClass.policy));
  const map = view.policyMap(policyClass);
  return [...map.entries()]
    .map((entry) => {
      const peer = canonicalKey(view.labelsOf(entry.identity) ?? nodes.labelsOf(entry.identity) ?? []);
      return `${entry.direction} ${peer} ${entry.protocol}/${entry.port}/${entry.prefixLength} ${entry.effect}`;
    })
    .sort();
}
