/**
 * What a view asks of the Kubernetes objects of the model: the live tables, or a what-if layer over them.
 */
import type {
  CiliumCIDRGroup,
  ClusterNode,
  ControllerRevision,
  Namespace,
  Pod,
  Workload,
  WorkloadKind,
} from '../../cilium/objects.ts';
import type { ServiceCatalog } from '../../cilium/policy/service-catalog.ts';

export interface ObjectLayer {
  namespace(name: string): Namespace | undefined;
  namespaces(): Iterable<Namespace>;
  pod(namespace: string, name: string): Pod | undefined;
  podsIn(namespace: string): Iterable<Pod>;
  workload(kind: WorkloadKind, namespace: string, name: string): Workload | undefined;
  workloads(): Iterable<Workload>;
  /** Workloads that this one controls. */
  workloadsOwnedBy(owner: Workload): Iterable<Workload>;
  controllerRevisionsOf(owner: Workload): Iterable<ControllerRevision>;
  cidrGroups(): Iterable<CiliumCIDRGroup>;
  readonly services: ServiceCatalog;
  /** What its agent says of a node, else what the API server says. */
  node(name: string): ClusterNode | undefined;
  nodes(): Iterable<ClusterNode>;
  /** What the API server says of each. */
  kubernetesNodes(): Iterable<ClusterNode>;
  /** How many nodes have a pod. */
  nodeCount(): number;
}
