/**
 * Pod templates and pods, as the API server would store them, reduced to what a reader of the demo cluster needs.
 */
import type { PodShape } from '../../src/cilium/objects.ts';
import type { LabelRecord, WorkloadOptions } from './description.ts';
import { hashed, uidOf } from './seed.ts';

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
}

/** What all pods of a workload have in common. */
export interface Template {
  readonly labels: LabelRecord;
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  readonly container: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol?: string }[];
}

export type Phase = 'Running' | 'Succeeded';

export interface PodInstance {
  readonly object: KubeObject;
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly nodeAddress: string;
  readonly shape: PodShape;
  /** Runs, and not in the network of its node. */
  readonly holdsIdentity: boolean;
}

export const CONTROL_PLANE = 'control-plane-1';
export const WORKERS = Array.from({ length: 8 }, (_, index) => `worker-${index + 1}`);

export function templateOf(namespace: string, name: string, options: WorkloadOptions): Template {
  return {
    labels: labelsOf(name, options),
    serviceAccountName: options.serviceAccount ?? (options.chart === undefined ? 'default' : name),
    hostNetwork: options.hostNetwork ?? false,
    container: options.container ?? name,
    image: options.image ?? imageOf(namespace, name),
    ports: (options.ports ?? []).map(portOf),
  };
}

export function withLabels(template: Template, labels: LabelRecord): Template {
  return { ...template, labels: { ...template.labels, ...labels } };
}

/** The `template` field of a workload. */
export function templateField(template: Template): Readonly<Record<string, unknown>> {
  return { metadata: { labels: sorted(template.labels) }, spec: podSpec(template) };
}

export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  readonly owner?: OwnerReference;
  readonly annotations?: LabelRecord;
  readonly phase?: Phase;
}

export function podOf(template: Template, place: PodPlace): PodInstance {
  const path = `Pod/${place.namespace}/${place.name}`;
  const phase = place.phase ?? 'Running';
  const node = place.node ?? workerOf(path);
  const address = template.hostNetwork ? nodeAddress(node) : podAddress(node, path);
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: place.name,
      namespace: place.namespace,
      uid: uidOf(path),
      labels: sorted(template.labels),
      ...(place.annotations === undefined ? {} : { annotations: place.annotations }),
      ...(place.owner === undefined ? {} : { ownerReferences: [place.owner] }),
    },
    spec: { nodeName: node, ...podSpec(template) },
    status: { phase, podIP: address },
  };
  const holdsIdentity = phase === 'Running' && !template.hostNetwork;
  const { namespace, name } = place;
  return { object, namespace, name, address, nodeAddress: nodeAddress(node), shape: shapeOf(template), holdsIdentity };
}

/** What of a template decides an identity. */
export function shapeOf(template: Template): PodShape {
  return {
    labels: new Map(Object.entries(template.labels)),
    serviceAccountName: template.serviceAccountName,
    hostNetwork: template.hostNetwork,
    ports: template.ports.map((port) => ({
      name: port.name,
      port: port.containerPort,
      protocol: port.protocol ?? 'TCP',
    })),
  };
}

export function sorted(labels: LabelRecord): LabelRecord {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelsOf(name: string, options: WorkloadOptions): LabelRecord {
  if (options.bareLabels === true) return options.labels ?? {};
  if (options.chart === undefined) return { app: name, ...options.labels };
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': options.chart, ...options.labels };
}

/** A version that follows from the name, so that images look like images. */
function imageOf(namespace: string, name: string): string {
  const path = `image/${namespace}/${name}`;
  return `registry.example.com/${namespace}/${name}:1.${hashed(path, 40)}.${hashed(`${path}/patch`, 10)}`;
}

function portOf(text: string): Template['ports'][number] {
  const [name = '', target = ''] = text.split(':');
  const [port = '', protocol] = target.split('/');
  return { name, containerPort: Number(port), ...(protocol === undefined ? {} : { protocol }) };
}

function podSpec(template: Template): Readonly<Record<string, unknown>> {
  return {
    ...(template.serviceAccountName === '' ? {} : { serviceAccountName: template.serviceAccountName }),
    ...(template.hostNetwork ? { hostNetwork: true } : {}),
    containers: [
      {
        name: template.container,
        image: template.image,
        ...(template.ports.length === 0 ? {} : { ports: template.ports }),
      },
    ],
  };
}

function workerOf(path: string): string {
  return `worker-${hashed(`node/${path}`, WORKERS.length) + 1}`;
}

function nodeIndex(node: string): number {
  return WORKERS.indexOf(node) + 1;
}

function nodeAddress(node: string): string {
  return `172.18.0.${nodeIndex(node) + 10}`;
}

/** Out of the /16 of the node, so that two pods hardly ever want the same one. */
function podAddress(node: string, path: string): string {
  const [third, fourth] = [hashed(`address/${path}`, 256), hashed(`address/${path}/host`, 250) + 4];
  return `10.${nodeIndex(node)}.${third}.${fourth}`;
}

export function ownerOf(object: KubeObject): OwnerReference {
  const name = String(object.metadata['name']);
  const uid = String(object.metadata['uid']);
  return { apiVersion: object.apiVersion, kind: object.kind, name, uid, controller: true };
}
