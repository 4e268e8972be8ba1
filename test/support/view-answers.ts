/**
 * Everything that a view answers about a small cluster, in a form in which two views can be compared: identities by key, not
 * by number, because provisional and node-local numbers are made up.
 */
import { canonicalKey } from '../../src/cilium/identity/label.ts';
import { refOf } from '../../src/cilium/objects.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { PolicyClass } from '../../src/cluster/policy-class.ts';
import type { ClusterView } from '../../src/cluster/view.ts';

export interface IdentityAnswer {
  readonly key: string;
  readonly numbers: number;
  readonly pods: readonly string[];
  readonly endpoints: readonly EndpointAnswer[];
}

/** Of the endpoints of an identity that have the same named ports. */
export interface EndpointAnswer {
  readonly ports: string;
  readonly count: number;
  readonly entries: number;
  readonly map: readonly string[];
  readonly classSize: number;
}

export function answersOf(view: ClusterView): readonly IdentityAnswer[] {
  const answers: IdentityAnswer[] = [];
  const seen = new Set<string>();
  for (const id of view.identities()) {
    const key = canonicalKey(view.labelsOf(id) ?? []);
    if (seen.has(key)) continue;
    seen.add(key);
    answers.push({
      key,
      numbers: view.identitiesWithKey(key).length,
      pods: [...view.podsWith(id)].map((pod) => `${refOf(pod).namespace ?? ''}/${pod.name}`).sort(),
      endpoints: endpointAnswers(view, id).sort((a, b) => (a.ports < b.ports ? -1 : 1)),
    });
  }
  for (const host of view.hostEndpoints()) answers.push(hostAnswer(view, host));
  return answers.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** No identity of the cluster: all of them have number 1. */
function hostAnswer(view: ClusterView, host: number): IdentityAnswer {
  const labels = view.labelsOf(host) ?? [];
  const policyClass = view.classOf(labels, host);
  const endpoint = {
    ports: '',
    count: view.useOf(host).endpoints,
    entries: runToEnd(view.entriesSteps(policyClass)),
    map: mapLines(view, policyClass),
    classSize: [...view.membersOf(policyClass)].length,
  };
  return { key: canonicalKey(labels), numbers: 0, pods: [], endpoints: [endpoint] };
}

function endpointAnswers(view: ClusterView, id: number): EndpointAnswer[] {
  return [...view.portSetsOf(id)].map(({ ports, endpoints }) => {
    const policyClass = view.classOf(view.labelsOf(id) ?? [], id, ports);
    return {
      ports: JSON.stringify([...ports].sort(([a], [b]) => (a < b ? -1 : 1))),
      count: endpoints,
      entries: runToEnd(view.entriesSteps(policyClass)),
      map: mapLines(view, policyClass),
      classSize: [...view.membersOf(policyClass)].length,
    };
  });
}

function mapLines(view: ClusterView, policyClass: PolicyClass): readonly string[] {
  return [...view.policyMap(policyClass).entries()]
    .map((entry) => {
      const peer = canonicalKey(view.labelsOf(entry.identity) ?? []);
      return `${entry.direction} ${peer} ${entry.protocol}/${entry.port}/${entry.prefixLength} ${entry.effect}`;
    })
    .sort();
}
