/**
 * The slim objects that Cilium's rules look at.
 *
 * They depend on nothing but the Kubernetes object: no version, no configuration, no namespace labels. Whatever depends
 * on those (identities, rules) is derived in src/cluster/. Decoders in src/kubernetes/decode/ make them.
 */
import type { FieldPath } from './field-path.ts';
import type { Label } from './identity/label.ts';
import type { CiliumRuleSpec, ClusterNetworkPolicySpec, NetworkPolicySpec } from './policy-spec.ts';

/** Those of Kubernetes itself. */
export const WORKLOAD_KINDS = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;
export type BuiltInWorkloadKind = (typeof WORKLOAD_KINDS)[number];
/** `Rollout.argoproj.io`: kind and API group, as kubectl takes them; no kind of Kubernetes itself has a dot. */
export type CustomWorkloadKind = `${string}.${string}`;
export type WorkloadKind = BuiltInWorkloadKind | CustomWorkloadKind;

export const POLICY_KINDS = [
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'NetworkPolicy',
  'ClusterNetworkPolicy',
] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

export type Kind =
  | 'Namespace'
  | 'Pod'
  | WorkloadKind
  | PolicyKind
  | 'ControllerRevision'
  | 'CiliumIdentity'
  | 'CiliumEndpoint'
  | 'CiliumEndpointSlice'
  | 'CiliumCIDRGroup'
  | 'Service'
  | 'EndpointSlice'
  | 'Endpoints'
  | 'ConfigMap'
  | 'Node'
  | 'CiliumNode';

/** Kubernetes labels. A Map, because label names such as `__proto__` are data. */
export type Labels = ReadonlyMap<string, string>;

export interface ObjectRef {
  readonly kind: Kind;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
}

/** What a finding blames: an object, and the place in it. */
export interface RuleRef {
  readonly object: ObjectRef;
  readonly field: FieldPath;
}

export interface OwnerRef {
  /** That of a custom resource with its API group: `Rollout.argoproj.io`. */
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

interface Identified {
  readonly name: string;
  /** Empty where a file has none. */
  readonly uid: string;
  /** `metadata.deletionTimestamp` is set. */
  readonly terminating: boolean;
  /** `metadata.creationTimestamp`, in milliseconds since 1970; absent where it is not stored yet, or the source does not say. */
  readonly created?: number;
}

interface Namespaced extends Identified {
  readonly namespace: string;
}

export interface ContainerPort {
  /** Empty where the port has no name. */
  readonly name: string;
  readonly port: number;
  /** As written; empty means TCP. */
  readonly protocol: string;
}

/** What of a pod decides its identity; a pod template has the same. */
export interface PodShape {
  readonly labels: Labels;
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  /** Ports of all containers (not init or ephemeral ones), in order. */
  readonly ports: readonly ContainerPort[];
}

/** What the pod of an agent tells of it. */
export interface AgentFacts {
  /** Of the container `cilium-agent`; where none has that name, of all containers, in order. */
  readonly images: readonly string[];
  /** From when on it may have read cilium-config, in milliseconds since 1970; absent where its status does not say. */
  readonly readConfig?: number;
}

export interface Pod extends Namespaced, PodShape {
  readonly kind: 'Pod';
  /** `Pending` where absent. */
  readonly phase: string;
  readonly nodeName: string;
  /** The controlling owner, if any. */
  readonly owner?: OwnerRef;
  /** A static pod's mirror: `kubernetes.io/config.mirror` is set. */
  readonly mirror: boolean;
  /** Of pods with the label `k8s-app: cilium`, as those of agents have it. */
  readonly agent?: AgentFacts;
}

export interface Namespace extends Identified {
  readonly kind: 'Namespace';
  readonly labels: Labels;
}

export interface Workload extends Namespaced {
  readonly kind: WorkloadKind;
  readonly template: PodShape;
  /** The number of pods asked for where the kind has one, else 1. */
  readonly replicas: number;
  /** Label keys that `spec.selector` requires of its pods. It cannot be changed once the workload is stored. */
  readonly selectorKeys: readonly string[];
  /** Of the container `cilium-agent`, by which the agent's DaemonSet tells its version; else of all containers, in order. */
  readonly images: readonly string[];
  readonly owner?: OwnerRef;
  /** Of a custom kind: where its pod template stands, as it is configured. */
  readonly templatePath?: readonly string[];
  /** Of a custom kind without a template: the workload of its namespace whose template it uses. */
  readonly templateOf?: { readonly kind: string; readonly name: string };
  /** Of a CronJob. */
  readonly cron?: CronRuns;
}

/** What a StatefulSet or a DaemonSet may go back to. */
export interface ControllerRevision extends Namespaced {
  readonly kind: 'ControllerRevision';
  /** Absent: that of another controller, in a form of its own. */
  readonly template?: PodShape;
  readonly owner?: OwnerRef;
}

export interface CronRuns {
  /** As written. */
  readonly schedule: string;
  readonly suspended: boolean;
  /** How many finished Jobs are kept, those that failed among them. */
  readonly history: number;
}

export interface CiliumIdentity extends Identified {
  readonly kind: 'CiliumIdentity';
  readonly id: number;
  /** `security-labels`, unsorted. */
  readonly securityLabels: readonly Label[];
}

export interface CiliumEndpoint extends Namespaced {
  readonly kind: 'CiliumEndpoint';
  /** `status.identity.id`; absent while the endpoint has none. */
  readonly identity?: number;
  /** `status.identity.labels`, unsorted; absent where there are none. The model keeps them once for each identity. */
  readonly labels?: readonly Label[];
  /** `status.named-ports`. */
  readonly ports: readonly ContainerPort[];
}

export interface CiliumEndpointSlice extends Identified {
  readonly kind: 'CiliumEndpointSlice';
  readonly namespace: string;
  readonly endpoints: readonly {
    readonly name: string;
    readonly identity: number;
    readonly ports: readonly ContainerPort[];
  }[];
}

export interface CiliumCIDRGroup extends Identified {
  readonly kind: 'CiliumCIDRGroup';
  readonly labels: Labels;
  readonly cidrs: readonly string[];
}

export interface NodeAddress {
  /** As written. */
  readonly text: string;
  readonly of: 'node' | 'health' | 'ingress';
}

/** A Kubernetes node: what the API server says of it, or what its agent says to the others. */
export interface ClusterNode extends Identified {
  readonly kind: 'Node' | 'CiliumNode';
  readonly labels: Labels;
  readonly addresses: readonly NodeAddress[];
  /** Of its pods, as written; absent: none is told. */
  readonly podPrefixes?: readonly string[];
  /** The version of its kubelet, as written: `v1.35.1`. */
  readonly kubelet?: string;
}

export interface Service extends Namespaced {
  readonly kind: 'Service';
  readonly labels: Labels;
  /** `spec.selector`; empty where there is none. */
  readonly selector: Labels;
  /** Annotations of Cilium keep it to some nodes. */
  readonly onSomeNodes: boolean;
}

export interface EndpointSlice extends Namespaced {
  readonly kind: 'EndpointSlice';
  readonly labels: Labels;
  /** As written; agents read `IPv4` and `IPv6`. */
  readonly addressType: string;
  /** Of all endpoints, ready or not. */
  readonly addresses: readonly string[];
  readonly ports: readonly EndpointPort[];
}

/** What the control plane makes EndpointSlices of; no agent reads them. */
export interface Endpoints extends Namespaced {
  readonly kind: 'Endpoints';
  readonly labels: Labels;
  readonly subsets: readonly EndpointSubset[];
}

export interface EndpointSubset {
  /** Ready or not. */
  readonly addresses: readonly string[];
  readonly ports: readonly EndpointPort[];
}

export interface EndpointPort {
  /** Absent: it stands for no port. */
  readonly port?: number;
  /** As written; empty means TCP. */
  readonly protocol: string;
}

export interface ConfigMap extends Namespaced {
  readonly kind: 'ConfigMap';
  readonly data: Labels;
  /** When its data was changed last, in milliseconds since 1970; absent where its managed fields do not say. */
  readonly changed?: number;
}

export interface CiliumNetworkPolicy extends Namespaced {
  readonly kind: 'CiliumNetworkPolicy';
  readonly rules: readonly CiliumRuleSpec[];
  /** Neither `spec` nor `specs` is there, which the agent refuses; `specs: []` it takes, and has no rules of it. */
  readonly lacksSpec?: true;
}

export interface CiliumClusterwideNetworkPolicy extends Identified {
  readonly kind: 'CiliumClusterwideNetworkPolicy';
  readonly rules: readonly CiliumRuleSpec[];
  /** As in a CiliumNetworkPolicy. */
  readonly lacksSpec?: true;
}

export interface NetworkPolicy extends Namespaced {
  readonly kind: 'NetworkPolicy';
  readonly spec: NetworkPolicySpec;
}

export interface ClusterNetworkPolicy extends Identified {
  readonly kind: 'ClusterNetworkPolicy';
  readonly spec: ClusterNetworkPolicySpec;
}

export type PolicyObject = CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy | NetworkPolicy | ClusterNetworkPolicy;

export type ClusterObject =
  | Namespace
  | Pod
  | Workload
  | ControllerRevision
  | CiliumIdentity
  | CiliumEndpoint
  | CiliumEndpointSlice
  | CiliumCIDRGroup
  | Service
  | EndpointSlice
  | Endpoints
  | ConfigMap
  | ClusterNode
  | PolicyObject;

export function refOf(object: ClusterObject): ObjectRef {
  return 'namespace' in object
    ? { kind: object.kind, namespace: object.namespace, name: object.name }
    : { kind: object.kind, name: object.name };
}

/** `Pod/team-a/web-0`, `CiliumClusterwideNetworkPolicy/deny-metadata`: one string per object, for maps and machines. */
export function formatRef(ref: ObjectRef): string {
  return ref.namespace === undefined ? `${ref.kind}/${ref.name}` : `${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** `NetworkPolicy/team-a/web spec.ingress[0]`: one string for each place, for maps, for sorting and for machines. */
export function formatRuleRef({ object, field }: RuleRef): string {
  return `${formatRef(object)} ${field}`;
}

/** `Pod team-a/web-0`: an object in a sentence. */
export function describeRef({ kind, namespace, name }: ObjectRef): string {
  return namespace === undefined ? `${kindWord(kind)} ${name}` : `${kindWord(kind)} ${namespace}/${name}`;
}

/** The kind as the object itself says it: `Rollout` of `Rollout.argoproj.io`. */
export function kindWord(kind: string): string {
  return kind.split('.', 1)[0] ?? kind;
}

/** Whether a pod has an identity of its own: neither on the host's network nor finished. */
export function usesIdentity({ hostNetwork, phase }: Pick<Pod, 'hostNetwork' | 'phase'>): boolean {
  return !hostNetwork && phase !== 'Succeeded' && phase !== 'Failed';
}

export function isPolicy(object: ClusterObject): object is PolicyObject {
  return (POLICY_KINDS as readonly string[]).includes(object.kind);
}

/** One of Cilium's own two kinds. */
export function isCiliumPolicy(object: ClusterObject): object is CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy {
  return object.kind === 'CiliumNetworkPolicy' || object.kind === 'CiliumClusterwideNetworkPolicy';
}

export function isWorkload(object: ClusterObject): object is Workload {
  return isWorkloadKind(object.kind);
}

/** Of a custom kind by its form alone: whether it is one of those that are configured, only the model can tell. */
export function isWorkloadKind(kind: string): kind is WorkloadKind {
  return (WORKLOAD_KINDS as readonly string[]).includes(kind) || isCustomWorkloadKind(kind);
}

export function isCustomWorkloadKind(kind: string): kind is CustomWorkloadKind {
  return kind.includes('.');
}
