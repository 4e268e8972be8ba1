/**
 * An object of a custom kind that makes pods from a template -> cilium/objects Workload.
 *
 * Which kinds these are, and where each has its template, the configuration says; nothing else of them is known. So their
 * `spec.replicas` and `spec.selector` are read as those of a Deployment if they look like it, and are no fault if not.
 * Cost: that of the template; a path has a few fields.
 */
import type { PodShape, Workload } from '../../cilium/objects.ts';
import { customKind, type GroupVersionKind, type KindEntry } from './kinds.ts';
import { controllerOf, kindOfReference, namespaced } from './metadata.ts';
import { Complaints, type JsonNode } from './node.ts';
import { templateShape } from './pod-shape.ts';
import { selectorKeys } from './workload.ts';

export interface CustomWorkload extends GroupVersionKind {
  /** The fields that lead to the pod template: `spec`, `template`. */
  readonly template: readonly string[];
}

/**
 * One without a template is not judged itself: its pods are looked at as those on the network of the node, which have no identity.
 * A Rollout may name a Deployment in its place, whose author was judged there.
 */
const NO_PODS: PodShape = { labels: new Map(), serviceAccountName: 'default', hostNetwork: true, ports: [] };

export function customWorkloadKind(custom: CustomWorkload): KindEntry {
  const { group, version, kind, template } = custom;
  return {
    kind: customKind(custom),
    apiGroup: group,
    versions: [version],
    resource: `${kind.toLowerCase()}s`,
    namespaced: true,
    decode: (root) => decodeCustomWorkload(root, customKind({ kind, group }), template),
  };
}

function decodeCustomWorkload(root: JsonNode, kind: Workload['kind'], templatePath: readonly string[]): Workload {
  const template = templatePath.reduce((node, name) => node.field(name), root);
  const owner = controllerOf(root);
  return {
    kind,
    ...namespaced(root),
    template: template.isAbsent ? NO_PODS : templateShape(template),
    ...likeDeployment(root.field('spec')),
    images: [],
    templatePath,
    ...(template.isAbsent ? templateOf(root.field('spec')) : {}),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** `workloadRef` is a word of Argo Rollouts; of another shape it is somebody else's. */
function templateOf(spec: JsonNode): Pick<Workload, 'templateOf'> {
  const complaints = new Complaints();
  const reference = spec.apart(complaints).field('workloadRef');
  const [kind, name] = [kindOfReference(reference), reference.field('name').asString() ?? ''];
  return complaints.first === undefined && name !== '' ? { templateOf: { kind, name } } : {};
}

/** Of another shape, neither is what it is in a Deployment. */
function likeDeployment(spec: JsonNode): Pick<Workload, 'replicas' | 'selectorKeys'> {
  const complaints = new Complaints();
  const apart = spec.apart(complaints);
  const replicas = apart.field('replicas').asInt32() ?? 1;
  const keys = selectorKeys(apart);
  return complaints.first === undefined ? { replicas, selectorKeys: keys } : { replicas: 1, selectorKeys: [] };
}
