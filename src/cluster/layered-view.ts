/**
 * A ClusterView put together from layers: the live ones for the store, what-if layers over them for an overlay.
 *
 * Holds no state of its own, so that a view is as cheap as its layers.
 */
import { identitySet, type IdentitySet } from '../cilium/identity/identity-set.ts';
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
import { NO_PORTS, type NamedPortMap } from '../cilium/named-ports.ts';
import type { NamedPorts } from '../cilium/policy/map/contributions.ts';
import type { PolicyMap } from '../cilium/policy/map/policy-map.ts';
import type { SelectorPolicy } from '../cilium/policy/resolve.ts';
import type { ParsedPolicy, Rule } from '../cilium/policy/rule.ts';
import type { EndpointSelector } from '../cilium/policy/selector.ts';
import { isOfNode } from '../cilium/policy/prefixes/in-cluster.ts';
import { apiServerPrefixes, knowsAPIServers } from '../cilium/policy/services.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import type { Change } from './change.ts';
import type { KeptClasses } from './classes/class-layer.ts';
import type { GainingClass } from './policy-class.ts';
import type { Revision } from './events.ts';
import { boundShape } from './identities/bound-shape.ts';
import { identityOfShape, informationOfShape } from './identities/shape-identity.ts';
import { isProvisional } from './identities/identity-layer.ts';
import { agentIdentitiesSteps, type AgentIdentities } from './identities/agent-identities.ts';
import type { AddedNodes } from './identities/node-layer.ts';
import type { Layers } from './layers.ts';
import { layersSeenFrom } from './node-sight.ts';
import { layersAfter, layersSettled } from './overlay.ts';
import { selectionsOf, selectionsSteps } from './identities/selections.ts';
import { CLUSTERWIDE } from './policies/policy-layer.ts';
import { namedPortsFor, portSetsOf } from './ports/endpoint-ports.ts';
import type { PortSet } from './ports/port-table.ts';
import type { SelfCheckLayer } from './self-check/self-check.ts';
import type { Settings } from './settings.ts';
import { CLUSTER_TENANT, tenantOfNamespace, type Tenant } from './tenant.ts';
import type { UsageLayer } from './usage/usage-layer.ts';
import type { ClusterView, IdentityUse, ShapeIdentity } from './view.ts';
import type { PolicyClass } from './policy-class.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';

export class LayeredView implements ClusterView {
  readonly #layers: Layers;

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  get revision(): Revision {
    return this.#layers.revision;
  }

  get settings(): Settings {
    return this.#layers.settings;
  }

  get selfCheck(): SelfCheckLayer {
    return this.#layers.selfCheck;
  }

  get others(): readonly ClusterView[] {
    return this.#layers.others;
  }

  namespace(name: string): Namespace | undefined {
    return this.#layers.objects.namespace(name);
  }

  namespaces(): Iterable<Namespace> {
    return this.#layers.objects.namespaces();
  }

  tenantOf(namespace: string | undefined): Tenant {
    if (namespace === undefined) return CLUSTER_TENANT;
    return tenantOfNamespace(namespace, this.namespace(namespace), this.settings.tenantLabel);
  }

  pod(namespace: string, name: string): Pod | undefined {
    return this.#layers.objects.pod(namespace, name);
  }

  podsIn(namespace: string): Iterable<Pod> {
    return this.#layers.objects.podsIn(namespace);
  }

  workload(kind: WorkloadKind, namespace: string, name: string): Workload | undefined {
    return this.#layers.objects.workload(kind, namespace, name);
  }

  nodes(): Iterable<ClusterNode> {
    return this.#layers.objects.nodes();
  }

  workloads(): Iterable<Workload> {
    return this.#layers.objects.workloads();
  }

  cidrGroup(name: string): CiliumCIDRGroup | undefined {
    for (const group of this.#layers.objects.cidrGroups()) if (group.name === name) return group;
    return undefined;
  }

  workloadsOwnedBy(owner: Workload): Iterable<Workload> {
    return this.#layers.objects.workloadsOwnedBy(owner);
  }

  *revisionsOf(owner: Workload): Iterable<PodShape> {
    const { objects } = this.#layers;
    for (const { kind, template } of objects.workloadsOwnedBy(owner)) if (kind === 'ReplicaSet') yield template;
    for (const { template } of objects.controllerRevisionsOf(owner)) if (template !== undefined) yield template;
  }

  identityOfShape(shape: PodShape, namespace: string): ShapeIdentity {
    return identityOfShape(shape, namespace, this.#layers);
  }

  informationLabels(shape: PodShape, namespace: string): LabelArray {
    return informationOfShape(shape, namespace, this.#layers);
  }

  boundShape<Shape extends PodShape>(shape: Shape, namespace: string): Shape {
    return boundShape(shape, namespace, this.#layers);
  }

  identities(): Iterable<NumericIdentity> {
    return identitySet(this.#layers.identities.all());
  }

  identitiesIn(namespace: string): Iterable<NumericIdentity> {
    return identitySet(this.#layers.identities.in(namespace));
  }

  identitiesWithKey(key: CanonicalKey): readonly NumericIdentity[] {
    return this.#layers.identities.withKey(key);
  }

  isKeyUsed(key: CanonicalKey): boolean {
    const { identities } = this.#layers;
    return identities.podCount(key) > 0 || identities.endpointCount(key) > 0;
  }

  labelKeys(): Iterable<string> {
    return this.#layers.identities.labelKeys();
  }

  identitiesWithLabel(key: string): Iterable<NumericIdentity> {
    return this.#layers.identities.withLabel(key);
  }

  labelsOf(identity: NumericIdentity): LabelArray | undefined {
    const { identities, hosts, nodes } = this.#layers;
    return (identities.record(identity) ?? hosts.record(identity))?.labels ?? nodes.labelsOf(identity);
  }

  *hostEndpoints(): Iterable<NumericIdentity> {
    for (const { id } of this.#layers.hosts.records()) yield id;
  }

  hostEndpointOf(node: string): NumericIdentity | undefined {
    for (const id of this.hostEndpoints()) if (this.#layers.hosts.nodesWith(id).has(node)) return id;
    return undefined;
  }

  nodesWith(hostEndpoint: NumericIdentity): Iterable<string> {
    return this.#layers.hosts.nodesWith(hostEndpoint);
  }

  knowsAPIServers(): boolean {
    return knowsAPIServers(this.#layers.objects.services);
  }

  get ownNode(): string | undefined {
    return this.#layers.ownNode;
  }

  hasServersOnNodes(): boolean {
    const { nodes, objects, settings } = this.#layers;
    const servers = apiServerPrefixes(objects.services, settings);
    return servers.some(({ prefix }) => isOfNode(nodes.prefixes.labelsOf(prefix)));
  }

  nodeIdentities(): Iterable<NumericIdentity> {
    return this.#layers.nodes.all();
  }

  addedNodes(): AddedNodes {
    return this.#layers.nodes.added;
  }

  agentIdentitiesSteps(policy: SelectorPolicy): Generator<undefined, AgentIdentities> {
    return agentIdentitiesSteps(policy, this.#layers);
  }

  useOf(identity: NumericIdentity): IdentityUse {
    const record = this.#layers.identities.record(identity);
    if (record === undefined) return { pods: 0, endpoints: this.#layers.hosts.nodesWith(identity).size };
    return {
      pods: this.#layers.identities.podCount(record.key),
      endpoints: this.#layers.identities.endpointCount(record.key),
    };
  }

  podsWith(identity: NumericIdentity): Iterable<Pod> {
    const record = this.#layers.identities.record(identity);
    return record === undefined ? [] : this.#layers.identities.podsWithKey(record.key);
  }

  hasNumber(identity: NumericIdentity): boolean {
    return !isProvisional(identity);
  }

  get usage(): UsageLayer {
    return this.#layers.usage;
  }

  asksForDNSNames(): boolean {
    return this.#layers.policies.dnsUsers() > 0;
  }

  *policies(): Iterable<ParsedPolicy> {
    for (const policy of this.#layers.policies.all()) yield policy.parsed;
  }

  *clusterwidePolicies(): Iterable<ParsedPolicy> {
    for (const policy of this.#layers.policies.inReachOf(CLUSTERWIDE)) yield policy.parsed;
  }

  policy(ref: ObjectRef): ParsedPolicy | undefined {
    return this.#layers.policies.get(ref)?.parsed;
  }

  policyObject(ref: ObjectRef): PolicyObject | undefined {
    return this.#layers.policies.get(ref)?.object;
  }

  selections(selector: EndpointSelector): IdentitySet {
    return selectionsOf(this.#layers.identities, this.#layers.nodes, selector);
  }

  /** A namespaced rule carries its namespace in its subject selector. */
  subjects(rule: Rule): Iterable<NumericIdentity> {
    const { hosts, identities } = this.#layers;
    return rule.subjectKind === 'host' ? hosts.matching(rule.subject) : identities.matching(rule.subject);
  }

  mostSelected(selector: EndpointSelector): number {
    const { identities, nodes } = this.#layers;
    return identities.mostSelected(selector) + nodes.matching(selector).length;
  }

  selectionsSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    return selectionsSteps(this.#layers.identities, this.#layers.nodes, selector);
  }

  *subjectsSteps(rule: Rule): Generator<undefined, Iterable<NumericIdentity>> {
    if (rule.subjectKind === 'host') return this.subjects(rule);
    return yield* this.#layers.identities.matchingSteps(rule.subject);
  }

  get keptClasses(): KeptClasses | undefined {
    return this.#layers.classes.kept;
  }

  membersOf(policyClass: PolicyClass): Iterable<NumericIdentity> {
    return this.#layers.classes.membersOf(policyClass);
  }

  hasEndpoint(policyClass: PolicyClass): boolean {
    return this.#layers.classes.hasEndpoint(policyClass);
  }

  classesGaining(labels: LabelArray, ports: NamedPortMap = NO_PORTS): Iterable<GainingClass | undefined> {
    return this.#layers.classes.gaining({ labels, ports });
  }

  portSetsOf(identity: NumericIdentity): Iterable<PortSet> {
    return portSetsOf(identity, this.#layers);
  }

  namedPortsFor(own: NamedPortMap): NamedPorts {
    return namedPortsFor(own, this.#layers);
  }

  classOf(labels: LabelArray, identity?: NumericIdentity, ports?: NamedPortMap): PolicyClass {
    return this.#layers.classes.classOf(labels, identity, ports);
  }

  entriesSteps(policyClass: PolicyClass): Generator<undefined, number> {
    return this.#layers.classes.entriesSteps(policyClass);
  }

  policyMap(policyClass: PolicyClass): PolicyMap {
    return runToEnd(this.policyMapSteps(policyClass));
  }

  policyMapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap> {
    return this.#layers.classes.policyMapSteps(policyClass);
  }

  after(change: Change): ClusterView {
    return runToEnd(this.afterSteps(change));
  }

  *afterSteps(change: Change): Generator<undefined, ClusterView> {
    return new LayeredView(yield* layersAfter(this.#layers, change));
  }

  settled(): ClusterView {
    return new LayeredView(layersSettled(this.#layers));
  }

  seenFrom(node: string): ClusterView {
    return new LayeredView(layersSeenFrom(this.#layers, node));
  }
}
