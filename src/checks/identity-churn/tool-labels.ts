/**
 * Labels that a well-known tool writes on the pods that it makes, so that nobody who uses it can leave them out.
 *
 * Keys that anybody might use are the tool's only beside a label that gives it away. Sources: KubernetesConf of Spark 4.1 (its
 * own labels are reserved, but the name of the application is a setting), PodGenerator and KubernetesPodOperator of Airflow 2
 * and 3 (which find pods by them), createWorkflowPod of Argo Workflows 3, docs/labels.md of Tekton Pipelines.
 */
import type { Labels } from '../../cilium/objects.ts';

export interface WritingTool {
  readonly name: string;
  /** Of the tool: what it takes the value of the label from. */
  readonly setting?: string;
}

interface Tool {
  readonly name: string;
  readonly keys?: readonly string[];
  readonly prefix?: string;
  /** By key. */
  readonly settings?: ReadonlyMap<string, string>;
  /** Its pods have one of these. Absent: its keys tell enough. */
  readonly signs?: readonly string[];
}

const TOOLS: readonly Tool[] = [
  {
    name: 'Spark',
    keys: ['spark-app-name', 'spark-app-selector', 'spark-exec-id', 'spark-exec-resourceprofile-id', 'spark-version'],
    settings: new Map([['spark-app-name', 'spark.app.name']]),
    signs: ['spark-role'],
  },
  {
    name: 'Airflow',
    keys: [
      'airflow-worker',
      'airflow_version',
      'dag_id',
      'execution_date',
      'map_index',
      'parent_dag_id',
      'run_id',
      'task_id',
      'try_number',
    ],
    signs: ['kubernetes_executor', 'kubernetes_pod_operator'],
  },
  { name: 'Argo Workflows', prefix: 'workflows.argoproj.io/' },
  { name: 'Tekton', prefix: 'tekton.dev/' },
];

/** undefined: none that is known. */
export function toolWriting(key: string, pod: Labels): WritingTool | undefined {
  const tool = TOOLS.find((candidate) => writes(candidate, key) && isSigned(candidate, pod));
  const setting = tool?.settings?.get(key);
  return tool === undefined ? undefined : { name: tool.name, ...(setting === undefined ? {} : { setting }) };
}

function writes({ keys = [], prefix }: Tool, key: string): boolean {
  return keys.includes(key) || (prefix !== undefined && key.startsWith(prefix));
}

function isSigned({ signs }: Tool, pod: Labels): boolean {
  return signs === undefined || signs.some((sign) => pod.has(sign));
}
