/**
 * Which peer a unit is about, in the words of its author.
 *
 * A list of peers is read as it is written; a selector of pods as the agent reads it, with the namespace that it puts in, so
 * that the peer is told and not its abbreviation. What a reference comes to is not looked up: it may be another tenant's.
 * Cost: O(rules of the policy) once, then O(requirements) for a unit.
 */
import { CLUSTER_KEY } from '../../cilium/identity/pod-labels.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import { isCiliumPolicy, type PolicyObject } from '../../cilium/objects.ts';
import { trafficRules } from '../../cilium/policy/parse/traffic-rules.ts';
import { isWildcard } from '../../cilium/policy/selector.ts';
import type {
  CIDRRuleSpec,
  FQDNSpec,
  NetworkPolicyPeerSpec,
  SelectorSpec,
  ServiceSpec,
  TrafficRuleSpec,
} from '../../cilium/policy-spec.ts';
import type { AskedLabel, WrittenPeer } from '../facts/findings/deny-contradiction.ts';
import type { PeerItem } from './units.ts';

export class WrittenPeers {
  readonly #clusterName: string;
  /** Of a Cilium policy, by the place of the rule. */
  readonly #traffic = new Map<FieldPath, TrafficRuleSpec>();
  /** Of a NetworkPolicy, by their own place. */
  readonly #peers = new Map<FieldPath, NetworkPolicyPeerSpec>();

  constructor(policy: PolicyObject, clusterName: string) {
    this.#clusterName = clusterName;
    if (isCiliumPolicy(policy)) {
      for (const { traffic } of policy.rules.flatMap(trafficRules)) this.#traffic.set(traffic.path, traffic);
    } else if (policy.kind === 'NetworkPolicy') {
      const rules = [...(policy.spec.ingress ?? []), ...(policy.spec.egress ?? [])];
      for (const peer of rules.flatMap(({ peers = [] }) => peers)) this.#peers.set(peer.path, peer);
    }
  }

  of(item: PeerItem): WrittenPeer {
    const traffic = this.#traffic.get(item.rule.ref.field);
    const written = traffic === undefined ? undefined : listedPeer(traffic, item.field);
    const block = this.#peers.get(item.field)?.ipBlock;
    return written ?? (block === undefined ? this.#endpoints(item) : ofCIDRRule(block));
  }

  #endpoints({ selectors: [selector] }: PeerItem): WrittenPeer {
    if (selector === undefined || isWildcard(selector)) return { kind: 'everybody' };
    const labels = selector.requirements.filter(({ key, operator, values: [value] }) => {
      return key !== CLUSTER_KEY || operator !== 'In' || value !== this.#clusterName;
    });
    return {
      kind: 'endpoints',
      labels: labels.map(({ source, key, ...asked }) => ({ ...asked, key: keyOf(source, key) })),
    };
  }
}

/** `any` and `k8s` are what a key without a source means. */
function keyOf(source: string, key: string): string {
  return source === 'any' || source === 'k8s' ? key : `${source}:${key}`;
}

/** undefined: a selector of endpoints, or the rule names no peer. */
function listedPeer(traffic: TrafficRuleSpec, field: FieldPath): WrittenPeer | undefined {
  const list = field.slice(traffic.path.length + 1, field.lastIndexOf('['));
  const index = Number(field.slice(field.lastIndexOf('[') + 1, -1));
  switch (list.replace(/^(?:from|to)/, '')) {
    case 'CIDR':
      return made(traffic.cidr?.[index], (cidr) => ({ kind: 'prefix', cidr, excepts: [] }));
    case 'CIDRSet':
      return made(traffic.cidrSet?.[index], ofCIDRRule);
    case 'Entities':
      return made(traffic.entities?.[index], (name) => ({ kind: 'entity', name }));
    case 'FQDNs':
      return made(traffic.fqdns?.[index], ofName);
    case 'Nodes':
      return made(traffic.nodes?.[index], (spec) => ({ kind: 'nodes', labels: askedLabels(spec) }));
    case 'Services':
      return made(traffic.services?.[index], ofService);
    default:
      return undefined;
  }
}

function made<Item>(item: Item | undefined, make: (item: Item) => WrittenPeer): WrittenPeer | undefined {
  return item === undefined ? undefined : make(item);
}

function ofCIDRRule({ cidr, cidrGroupRef, cidrGroupSelector, except }: Partial<CIDRRuleSpec>): WrittenPeer {
  if (cidr !== undefined) return { kind: 'prefix', cidr, excepts: except ?? [] };
  if (cidrGroupRef !== undefined) return { kind: 'cidr-group', name: cidrGroupRef };
  return { kind: 'cidr-groups', labels: askedLabels(cidrGroupSelector ?? undefined) };
}

function ofName({ matchName, matchPattern }: FQDNSpec): WrittenPeer {
  return matchName === '' ? { kind: 'name-pattern', name: matchPattern } : { kind: 'name', name: matchName };
}

/** Of the two forms that a reference may have the one by labels counts. */
function ofService({ k8sService, k8sServiceSelector }: ServiceSpec): WrittenPeer {
  const namespace = (k8sServiceSelector ?? k8sService)?.namespace ?? '';
  if (k8sServiceSelector !== undefined || k8sService === undefined) {
    return { kind: 'services', namespace, labels: askedLabels(k8sServiceSelector?.selector) };
  }
  return { kind: 'service', namespace, name: k8sService.serviceName };
}

function askedLabels(spec: SelectorSpec | undefined): readonly AskedLabel[] {
  if (spec === undefined) return [];
  return [
    ...Array.from(spec.matchLabels, ([key, value]): AskedLabel => ({ key, operator: 'In', values: [value] })),
    ...spec.matchExpressions,
  ];
}
