/**
 * Everything a reader may ask of a cluster.
 *
 * The live store, a what-if overlay on it and a store filled from files all satisfy this interface; checks know nothing
 * else. It hands out ids and iterators, so that the store behind it may be columns.
 */
import type { CanonicalKey, LabelArray } from '../cilium/identity/label.ts';
import type {
  CiliumCIDRGroup,
  ClusterNode,
  Namespace,
  ObjectRef,
  Pod,
  PodShape,
  PolicyObject,
  Workload,
  WorkloadKind,
} from '../cilium/objects.ts';
import type { NamedPortMap } from '../cilium/named-ports.ts';
import type { NamedPorts } from '../cilium/policy/map/contributions.ts';
import type { PolicyMap } from '../cilium/policy/map/policy-map.ts';
import type { SelectorPolicy } from '../cilium/policy/resolve.ts';
import type { ParsedPolicy, Rule } from '../cilium/policy/rule.ts';
import type { EndpointSelector } from '../cilium/policy/selector.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import type { PodIdentity } from '../cilium/identity/pod-identity.ts';
import type { IdentitySet } from '../cilium/identity/identity-set.ts';
import type { Change } from './change.ts';
import type { KeptClasses } from './classes/class-layer.ts';
import type { AgentIdentities } from './identities/agent-identities.ts';
import type { AddedNodes } from './identities/node-layer.ts';
import type { PortSet } from './ports/port-table.ts';
import type { GainingClass, PolicyClass } from './policy-class.ts';
import type { Revision } from './events.ts';
import type { SelfCheckLayer } from './self-check/self-check.ts';
import type { Settings } from './settings.ts';
import type { Tenant } from './tenant.ts';
import type { UsageLayer } from './usage/usage-layer.ts';

/** How sure a number is, from the surest on. Only `exact` and `lower-bound` can deny. */
export const CERTAINTIES = ['exact', 'lower-bound', 'upper-bound', 'estimate', 'unknown'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** Who uses an identity now. It is unused when both are 0. */
export interface IdentityUse {
  /** Pods that are neither hostNetwork nor finished. */
  readonly pods: number;
  /** Of a host endpoint the nodes. */
  readonly endpoints: number;
}

/** `unknown`: the namespace or the label filter is not known to the model, or there are too many labels. */
export type ShapeIdentity = PodIdentity | UnknownIdentity;

export interface UnknownIdentity {
  readonly kind: 'unknown';
  readonly reason: string;
  /** It could be known, and a bound of our own was in the way. */
  readonly unfinished?: 'size';
}

export interface ClusterView {
  readonly revision: Revision;
  readonly settings: Settings;
  /**
   * The same cluster by each of the other settings that some agents run with, while an upgrade or a change of cilium-config is
   * under way: what holds has to hold in all of them. Of a what-if those of the cluster as it is.
   */
  readonly others: readonly ClusterView[];

  namespace(name: string): Namespace | undefined;
  namespaces(): Iterable<Namespace>;
  /** Without a namespace: that of clusterwide objects. */
  tenantOf(namespace: string | undefined): Tenant;
  pod(namespace: string, name: string): Pod | undefined;
  podsIn(namespace: string): Iterable<Pod>;
  workload(kind: WorkloadKind, namespace: string, name: string): Workload | undefined;
  workloads(): Iterable<Workload>;
  /** What its agent says of a node, else what the API server says. */
  nodes(): Iterable<ClusterNode>;
  cidrGroup(name: string): CiliumCIDRGroup | undefined;
  /**
   * Workloads of the namespace whose controlling owner is this one (same kind, name and uid): the stored revisions of a
   * Deployment, the Jobs of a CronJob.
   */
  workloadsOwnedBy(owner: Workload): Iterable<Workload>;
  /** The templates that are stored for a workload to go back to: in its ReplicaSets, or in ControllerRevisions. */
  revisionsOf(owner: Workload): Iterable<PodShape>;

  /** The identity that a pod of this shape has in this namespace, by the settings of this view. */
  identityOfShape(shape: PodShape, namespace: string): ShapeIdentity;
  /** The labels of such a pod that the label filter leaves out of its identity; none where its identity is unknown. */
  informationLabels(shape: PodShape, namespace: string): LabelArray;
  /** What a pod of this shape is like once it is bound to a node (Kubernetes adds labels then), as far as it can be told. */
  boundShape<Shape extends PodShape>(shape: Shape, namespace: string): Shape;

  /** Identities of this cluster, in ascending order of number: CiliumIdentity objects and the keys that have none yet. */
  identities(): Iterable<NumericIdentity>;
  /** Ascending. */
  identitiesIn(namespace: string): Iterable<NumericIdentity>;
  /** The keys of the labels of identities of this cluster; some may come twice, or be left from identities that are gone. */
  labelKeys(): Iterable<string>;
  /** Identities of this cluster that have a label with this key, in no order. */
  identitiesWithLabel(key: string): Iterable<NumericIdentity>;
  /** Every identity with this key, duplicates included, in ascending order. */
  identitiesWithKey(key: CanonicalKey): readonly NumericIdentity[];
  /** Whether a pod or an endpoint has this key. */
  isKeyUsed(key: CanonicalKey): boolean;
  /**
   * Host endpoints, one for each set of labels that nodes have: made-up numbers, of which labels, class and use may be asked like
   * those of an identity. To their peers all are identity 1.
   */
  hostEndpoints(): Iterable<NumericIdentity>;
  hostEndpointOf(node: string): NumericIdentity | undefined;
  /** Names of the nodes that have this host endpoint; none of any other identity. */
  nodesWith(hostEndpoint: NumericIdentity): Iterable<string>;
  /** Labels of any identity that this view knows: cluster, reserved, node-local, or of a host endpoint. */
  labelsOf(identity: NumericIdentity): LabelArray | undefined;
  /** The node from which it is seen; undefined: one that is none of those that are known. */
  readonly ownNode: string | undefined;
  /** Whether the addresses of API servers are known: an EndpointSlice or Endpoints tell. */
  knowsAPIServers(): boolean;
  /** Whether an API server has the address of a node. */
  hasServersOnNodes(): boolean;
  /** Reserved, well-known and node-local identities, ascending. Node-local numbers are made up: an agent numbers its own. */
  nodeIdentities(): Iterable<NumericIdentity>;
  /** Of a what-if: the node-local identities that its change calls into being. */
  addedNodes(): AddedNodes;
  /**
   * All of these and those of the cluster, as an agent knows them that enforces this policy: those that come of its DNS names are
   * among them. Yields where the caller may pause.
   */
  agentIdentitiesSteps(policy: SelectorPolicy): Generator<undefined, AgentIdentities>;
  useOf(identity: NumericIdentity): IdentityUse;
  /** Pods (not hostNetwork, not finished) that have this identity. */
  podsWith(identity: NumericIdentity): Iterable<Pod>;
  /** Known keys without a CiliumIdentity object have made-up numbers. */
  hasNumber(identity: NumericIdentity): boolean;
  /** How much of the range is used, and by whom: of the cluster as it is, in a what-if too. */
  readonly usage: UsageLayer;
  /** Whether what is predicted of pods is what their agents say: of the cluster as it is, in a what-if too. */
  readonly selfCheck: SelfCheckLayer;

  policies(): Iterable<ParsedPolicy>;
  /** Those that are in no namespace, sorted by name. */
  clusterwidePolicies(): Iterable<ParsedPolicy>;
  /** Whether some policy has peers that are told by DNS names. */
  asksForDNSNames(): boolean;
  policy(ref: ObjectRef): ParsedPolicy | undefined;
  /** The written form, for the second evaluator. */
  policyObject(ref: ObjectRef): PolicyObject | undefined;

  /** Identities that a peer selector selects now, node-local and reserved ones included. Not for the wildcard. */
  selections(selector: EndpointSelector): IdentitySet;
  /** What the subject selector of a rule selects: identities of the cluster, or host endpoints. */
  subjects(rule: Rule): Iterable<NumericIdentity>;
  /** No fewer than a peer selector selects, at once. */
  mostSelected(selector: EndpointSelector): number;
  /** What is selected, in steps: both yield where the caller may pause. */
  selectionsSteps(selector: EndpointSelector): Generator<undefined, IdentitySet>;
  subjectsSteps(rule: Rule): Generator<undefined, Iterable<NumericIdentity>>;

  /** The classes of the cluster as it is, and what is known of them without a count; absent in a what-if. */
  readonly keptClasses: KeptClasses | undefined;
  /** Every identity of a class, or every host endpoint: they share its map. */
  membersOf(policyClass: PolicyClass): Iterable<NumericIdentity>;
  /** Whether any of them has a pod or an endpoint: without one there is no policy map. */
  hasEndpoint(policyClass: PolicyClass): boolean;
  /**
   * Classes in which a peer selects these labels, with the entries that one more identity with these labels adds to the map
   * of each; `ports`: those of its pods. A class that has no member yet is not among them. undefined where the caller may
   * pause.
   */
  classesGaining(labels: LabelArray, ports?: NamedPortMap): Iterable<GainingClass | undefined>;
  /** The named ports that endpoints of an identity have, each set once; an empty set where it has no endpoint. */
  portSetsOf(identity: NumericIdentity): Iterable<PortSet>;
  /** What names of ports stand for in the map of an endpoint; `own`: those of its own. */
  namedPortsFor(own: NamedPortMap): NamedPorts;
  /**
   * The class of an endpoint of an identity, or of labels that no identity has yet. `ports`: the endpoint's own; absent: none
   * of them has a name.
   */
  classOf(labels: LabelArray, identity?: NumericIdentity, ports?: NamedPortMap): PolicyClass;
  /** Number of policy-map entries of a class, known at once or counted; yields where the caller may pause. */
  entriesSteps(policyClass: PolicyClass): Generator<undefined, number>;
  /** The policy map itself, with the rules behind each entry. May take a while in one go. */
  policyMap(policyClass: PolicyClass): PolicyMap;
  /** The same in steps: yields where the caller may pause. */
  policyMapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap>;

  /** The cluster as it would be after a change, with what lingers (old identities) still there. */
  after(change: Change): ClusterView;
  /** The same in steps: yields where the caller may pause. */
  afterSteps(change: Change): Generator<undefined, ClusterView>;
  /** The cluster once every unused identity was collected. */
  settled(): ClusterView;
  /** As the agent on this node knows it, if it is known: to itself it is the host, and others are remote nodes. */
  seenFrom(node: string): ClusterView;
}
