/**
 * `{}` as a peer of a clusterwide policy: an entry for each pod identity, where the entity `cluster` is eight since 1.20.
 *
 * A selector is expanded to the identities that it selects; only entities and the wildcard select the aggregates
 * (pkg/policy/aggregate.go). Before 1.20 the entity is an entry for each identity as well, and there is no cheaper form.
 */
import type { CiliumClusterwideNetworkPolicy } from '../../cilium/objects.ts';
import type { TrafficRuleSpec } from '../../cilium/policy-spec.ts';
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { CheaperForm } from './cheaper-form.ts';
import type { Element } from './element.ts';
import { rewritten, withoutList } from './rewritten.ts';

export function* clusterwideEmptyPeers(
  policy: CiliumClusterwideNetworkPolicy,
  elements: readonly Element[],
  { profile }: Settings,
): Iterable<CheaperForm> {
  if (!profile.aggregateIdentities) return;
  for (const { rule, written } of elements) {
    const endpoints = written?.traffic.endpoints ?? [];
    const index = endpoints.findIndex(
      ({ matchLabels, matchExpressions }) => matchLabels.size + matchExpressions.length === 0,
    );
    if (written === undefined || index < 0) continue;
    const { traffic, place } = written;
    const list = peerField(traffic, place, 'endpoints');
    const entities = peerField(traffic, place, 'entities');
    yield {
      id: 'clusterwide-empty-peer',
      reason: 'entity-cluster',
      field: `${list}[${index}]`,
      rules: [rule],
      make: () => ({ policy: rewritten(policy, (one) => (one.path === traffic.path ? withEntity(one) : one)) }),
      fix: {
        kind: 'words',
        text: `write ${entities}: [cluster] in the place of ${list}, if the nodes of the cluster are meant as well`,
      },
    };
  }
}

function withEntity(traffic: TrafficRuleSpec): TrafficRuleSpec {
  return { ...withoutList(traffic, 'endpoints'), entities: ['cluster'] };
}
