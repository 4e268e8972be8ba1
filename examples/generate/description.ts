/**
 * The words in which the demo cluster is described: namespaces, and what runs in them.
 *
 * One line of a description becomes a workload, its ReplicaSets or Jobs, its pods and their identities.
 */

export type LabelRecord = Readonly<Record<string, string>>;

export interface WorkloadOptions {
  /** Beside `app: <name>`. */
  readonly labels?: LabelRecord;
  /** A Helm chart's release: the pods get `app.kubernetes.io/*` labels in place of `app`. */
  readonly chart?: string;
  /** The pods get exactly `labels`. */
  readonly bareLabels?: true;
  /** `http:8080`, `dns:53/UDP`. */
  readonly ports?: readonly string[];
  readonly image?: string;
  readonly container?: string;
  readonly serviceAccount?: string;
  readonly hostNetwork?: true;
  /**
   * Labels, on top of the present ones, of rollouts before this one. Each leaves an identity that no pod uses any more;
   * for a Deployment also a ReplicaSet without pods.
   */
  readonly former?: readonly LabelRecord[];
}

export interface Replicated extends WorkloadOptions {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  readonly replicas: number;
}

/** One pod on each node. */
export interface PerNode extends WorkloadOptions {
  readonly kind: 'DaemonSet';
  readonly name: string;
  readonly nodes: 'all' | 'workers';
}

/** How the runs of a job went, oldest first: of a forgotten run only the identity is left. */
export type RunState = 'forgotten' | 'finished' | 'running';

export interface Batch extends WorkloadOptions {
  readonly kind: 'CronJob' | 'Job';
  readonly name: string;
  /** For a CronJob. */
  readonly schedule?: string;
  readonly runs: readonly RunState[];
}

/** Pods that no workload owns: made by a controller of the tenant, or by hand. */
export interface BarePods extends WorkloadOptions {
  readonly kind: 'Pod';
  readonly name: string;
  readonly pods: readonly { readonly suffix: string; readonly labels: LabelRecord; readonly count: number }[];
}

/** The kubelet's own pods on the control plane node, as mirrors. */
export interface StaticPods {
  readonly kind: 'static';
  readonly names: readonly string[];
}

export type WorkloadDescription = Replicated | PerNode | Batch | BarePods | StaticPods;

export interface NamespaceDescription {
  readonly name: string;
  readonly labels: LabelRecord;
  readonly workloads: readonly WorkloadDescription[];
  /** Default deny and DNS, as the platform puts them into the namespaces of its tenants. */
  readonly baseline: boolean;
}

/** A folder of the demo cluster: one tenant, or the platform. */
export interface FolderDescription {
  readonly folder: string;
  readonly namespaces: readonly NamespaceDescription[];
}

export function deployment(name: string, replicas: number, options: WorkloadOptions = {}): Replicated {
  return { kind: 'Deployment', name, replicas, ...options };
}

export function statefulSet(name: string, replicas: number, options: WorkloadOptions = {}): Replicated {
  return { kind: 'StatefulSet', name, replicas, ...options };
}

export function daemonSet(name: string, nodes: PerNode['nodes'], options: WorkloadOptions = {}): PerNode {
  return { kind: 'DaemonSet', name, nodes, ...options };
}

export function cronJob(
  name: string,
  schedule: string,
  runs: readonly RunState[],
  options: WorkloadOptions = {},
): Batch {
  return { kind: 'CronJob', name, schedule, runs, ...options };
}

export function job(name: string, run: RunState, options: WorkloadOptions = {}): Batch {
  return { kind: 'Job', name, runs: [run], ...options };
}

/** A namespace of the platform: no tenant label, no baseline policies. */
export function platformNamespace(
  name: string,
  workloads: readonly WorkloadDescription[],
  labels: LabelRecord = {},
): NamespaceDescription {
  return { name, labels, workloads, baseline: false };
}

/** A namespace of a tenant. */
export function tenantNamespace(
  tenant: string,
  name: string,
  environment: 'prod' | 'staging',
  workloads: readonly WorkloadDescription[],
): NamespaceDescription {
  return { name, labels: { tenant, environment }, workloads, baseline: true };
}

export function repeat<Value>(value: Value, times: number): readonly Value[] {
  return Array.from({ length: times }, () => value);
}
