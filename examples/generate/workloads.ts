/**
 * A described workload -> the objects of it, its controllers' objects and its pods.
 *
 * The labels that controllers add to pods (pod-template-hash, ...) are added here, because it is Cilium's label filter
 * that has to drop them again.
 */
import { barePodsOf, staticPodsOf } from './bare-pods.ts';
import { batchOf } from './batch.ts';
import type { NamespaceDescription, PerNode, Replicated, WorkloadDescription } from './description.ts';
import { CONTROL_PLANE, ownerOf, podOf, sorted, templateField, templateOf, WORKERS, withLabels } from './pods.ts';
import type { KubeObject, Template } from './pods.ts';
import { formerShapes, objectOf, type Population } from './population.ts';
import { suffixOf } from './seed.ts';

export function populate(namespace: NamespaceDescription, workload: WorkloadDescription): Population {
  switch (workload.kind) {
    case 'Deployment':
      return deploymentOf(namespace.name, workload);
    case 'StatefulSet':
      return statefulSetOf(namespace.name, workload);
    case 'DaemonSet':
      return daemonSetOf(namespace.name, workload);
    case 'CronJob':
    case 'Job':
      return batchOf(namespace.name, workload);
    case 'Pod':
      return barePodsOf(namespace.name, workload);
    case 'static':
      return staticPodsOf(namespace.name, workload);
  }
}

function deploymentOf(namespace: string, described: Replicated): Population {
  const template = templateOf(namespace, described.name, described);
  const matchLabels = sorted(template.labels);
  const id = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: described.name };
  const spec = { replicas: described.replicas, selector: { matchLabels }, template: templateField(template) };
  const deployment = objectOf(id, spec);

  const current = replicaSetOf(deployment, template, described.replicas);
  const old = (described.former ?? []).map((labels) => replicaSetOf(deployment, withLabels(template, labels), 0));
  const pods = Array.from({ length: described.replicas }, (_, index) => {
    const suffix = suffixOf(`${namespace}/${current.name}/${index}`, 5);
    return podOf(current.template, { namespace, name: `${current.name}-${suffix}`, owner: ownerOf(current.object) });
  });
  const workloads = [deployment, current.object, ...old.map((replicaSet) => replicaSet.object)];
  return { workloads, pods, former: formerShapes(template, described.former) };
}

interface ReplicaSet {
  readonly name: string;
  readonly object: KubeObject;
  /** With the hash that its pods get. */
  readonly template: Template;
}

function replicaSetOf(deployment: KubeObject, template: Template, replicas: number): ReplicaSet {
  const owner = ownerOf(deployment);
  const namespace = String(deployment.metadata['namespace']);
  const hash = suffixOf(`${namespace}/${owner.name}/${JSON.stringify(template)}`, 10);
  const hashedTemplate = withLabels(template, { 'pod-template-hash': hash });
  const name = `${owner.name}-${hash}`;
  const selector = { matchLabels: sorted(hashedTemplate.labels) };
  const object = objectOf(
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace, name },
    { replicas, selector, template: templateField(hashedTemplate) },
    { ownerReferences: [owner] },
  );
  return { name, object, template: hashedTemplate };
}

function statefulSetOf(namespace: string, described: Replicated): Population {
  const { name, replicas } = described;
  const template = templateOf(namespace, name, described);
  const selector = { matchLabels: sorted(template.labels) };
  const spec = { serviceName: name, replicas, selector, template: templateField(template) };
  const object = objectOf({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name }, spec);
  const revision = `${name}-${suffixOf(`${namespace}/${name}/revision`, 9)}`;
  const pods = Array.from({ length: replicas }, (_, index) => {
    const labels = {
      'apps.kubernetes.io/pod-index': String(index),
      'controller-revision-hash': revision,
      'statefulset.kubernetes.io/pod-name': `${name}-${index}`,
    };
    return podOf(withLabels(template, labels), { namespace, name: `${name}-${index}`, owner: ownerOf(object) });
  });
  return { workloads: [object], pods, former: formerShapes(template, described.former) };
}

function daemonSetOf(namespace: string, described: PerNode): Population {
  const { name } = described;
  const template = templateOf(namespace, name, described);
  const selector = { matchLabels: sorted(template.labels) };
  const spec = { selector, template: templateField(template) };
  const object = objectOf({ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace, name }, spec);
  const labels = {
    'controller-revision-hash': suffixOf(`${namespace}/${name}/revision`, 10),
    'pod-template-generation': '1',
  };
  const nodes = described.nodes === 'all' ? [CONTROL_PLANE, ...WORKERS] : WORKERS;
  const pods = nodes.map((node) => {
    const podName = `${name}-${suffixOf(`${namespace}/${name}/${node}`, 5)}`;
    return podOf(withLabels(template, labels), { namespace, name: podName, node, owner: ownerOf(object) });
  });
  return { workloads: [object], pods, former: formerShapes(template, described.former) };
}
