/**
 * Policies of the cluster that the engine is measured on: a namespace each, with denies, ranges of ports and prefixes, and ten
 * clusterwide ones that every endpoint is under.
 *
 * Denies ask for ports and prefixes that no allow asks for: a policy that is refused is not what is measured.
 */
import type { Json } from '../workload/json.ts';
import type { NamespacePlan } from '../workload/policies.ts';
import { seededRandom, skewed, type Random } from '../workload/random.ts';
import type { ClusterPlan } from './cluster.ts';
import { clusterwidePolicies } from './clusterwide-policies.ts';
import { deniedPrefix, egressToPrefixes } from './prefixes.ts';
import { NAMESPACE_LABEL, peerOf, type PeerGround } from './peers.ts';
import { allowedPorts, deniedPorts, singlePort } from './ports.ts';

const WHOLE_NAMESPACE = 0.3;
const WITH_EGRESS = 0.4;
const WITH_PREFIXES = 0.15;
const WITH_DENIES = 0.1;
/** In namespaces as they come; the others in large ones. */
const ANYWHERE = 0.8;

export function* clusterPolicies(plan: ClusterPlan): Iterable<Json> {
  const { ccnpFraction, policies } = plan.parameters;
  const clusterwide = Math.round(policies * ccnpFraction);
  yield* clusterwidePolicies(clusterwide);
  const author = new PolicyAuthor(plan, plan.parameters.seed + 1);
  for (let index = clusterwide; index < policies; index += 1) yield author.policy(`policy-${index}`);
}

export class PolicyAuthor {
  readonly #ground: PeerGround;
  readonly #random: Random;
  readonly #plan: ClusterPlan;
  /** So many prefixes does everybody share. */
  readonly #prefixes: number;
  readonly #peersPerPolicy: number;

  constructor(plan: ClusterPlan, seed: number) {
    const { policies, selectors } = plan.parameters;
    this.#plan = plan;
    this.#random = seededRandom(seed);
    this.#ground = { ...plan, random: this.#random };
    this.#prefixes = Math.max(1, Math.round(policies / 10));
    this.#peersPerPolicy = Math.max(1, (selectors - policies * SUBJECTS_OF_A_POLICY) / policies);
  }

  /** Somewhere in the cluster. */
  policy(name: string): Json {
    const random = this.#random;
    const namespace = this.#namespace();
    const ingress = this.#allows(namespace, 'fromEndpoints', this.#peerCount());
    const egress = random.next() < WITH_EGRESS ? this.#allows(namespace, 'toEndpoints', 1) : [];
    if (random.next() < WITH_PREFIXES) egress.push(egressToPrefixes(random, this.#prefixes));
    return {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { namespace: namespace.name, name, uid: `uid-${namespace.name}-${name}` },
      spec: {
        endpointSelector: random.next() < WHOLE_NAMESPACE ? {} : { matchLabels: { app: random.pick(namespace.apps) } },
        ingress,
        ...(egress.length === 0 ? {} : { egress }),
        ...(random.next() < WITH_DENIES ? this.#denies() : {}),
      },
    };
  }

  #namespace(): NamespacePlan {
    const { namespaces, parameters } = this.#plan;
    if (this.#random.next() < ANYWHERE) return this.#random.pick(namespaces);
    return namespaces[skewed(this.#random, namespaces.length, parameters.zipf)] ?? this.#random.pick(namespaces);
  }

  /** On ingress: what is wanted in all, less what egress brings. */
  #peerCount(): number {
    const wanted = Math.max(1, this.#peersPerPolicy - WITH_EGRESS);
    return Math.floor(wanted) + (this.#random.next() < wanted % 1 ? 1 : 0);
  }

  #allows(namespace: NamespacePlan, field: 'fromEndpoints' | 'toEndpoints', count: number): Json[] {
    const { portsPerRule } = this.#plan.parameters;
    const peers = Array.from({ length: count }, () => peerOf(namespace, this.#ground));
    const isBroad = peers.some((peer) => peer.isBroad);
    const toPorts = isBroad ? singlePort(this.#random) : allowedPorts(this.#random, portsPerRule);
    return [{ [field]: peers.map(({ selector }) => selector), toPorts }];
  }

  #denies(): Json {
    const random = this.#random;
    if (random.next() < 0.5) return { egressDeny: [{ toCIDR: [deniedPrefix(random, this.#prefixes)] }] };
    const peer = { matchLabels: { [NAMESPACE_LABEL]: random.pick(this.#plan.namespaces).name } };
    return { ingressDeny: [{ fromEndpoints: [peer], toPorts: deniedPorts(random) }] };
  }
}

/** Some select the same. */
const SUBJECTS_OF_A_POLICY = 0.75;
