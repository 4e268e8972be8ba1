/**
 * What an API server fills in before it stores or reviews an object, filled in for objects that come from files.
 *
 * Applied to the raw object, so that patches and field paths see it too, and nowhere else: the webhook gets its objects
 * with the defaults in them. Mirrors pkg/apis/{core,networking}/v1/defaults.go, the ServiceAccount admission plugin and
 * the namespace name label; a value of a wrong shape is left for the decoder to complain about.
 * Invariant: the given object is not changed; what is written stays, but for `kubernetes.io/metadata.name`.
 */
import type { KindEntry } from './kinds.ts';
import { isObject } from './node.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ServerDefaults {
  /** For namespaced objects that name none; `default` where absent. */
  readonly namespace?: string;
  /** Tells apart the names made for `generateName`; a running number. */
  readonly serial?: number;
}

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** The letters of generated names: no vowels, so that no words come out (apimachinery util/rand). */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;

export function withServerDefaults(value: unknown, entry: KindEntry, defaults: ServerDefaults): unknown {
  if (!isObject(value)) return value;
  const identified = change({ metadata: {}, ...value }, 'metadata', (metadata) =>
    withIdentity(metadata, entry, defaults),
  );
  return withSpecDefaults(entry, identified);
}

function withIdentity(metadata: Json, entry: KindEntry, defaults: ServerDefaults): Json {
  const named = withGeneratedName(metadata, defaults.serial ?? 0);
  if (entry.kind === 'Namespace') {
    const nameLabel = { 'kubernetes.io/metadata.name': named['name'] };
    return change(fill(named, 'labels', {}), 'labels', (labels) => ({ ...labels, ...nameLabel }));
  }
  return entry.namespaced ? fill(named, 'namespace', defaults.namespace ?? 'default') : named;
}

function withGeneratedName(metadata: Json, serial: number): Json {
  const { generateName } = metadata;
  return typeof generateName === 'string' ? fill(metadata, 'name', generateName + suffix(serial)) : metadata;
}

function suffix(serial: number): string {
  let text = '';
  for (let rest = serial; text.length < SUFFIX_LENGTH; rest = Math.floor(rest / SUFFIX_LETTERS.length)) {
    text = SUFFIX_LETTERS.charAt(rest % SUFFIX_LETTERS.length) + text;
  }
  return text;
}

function withSpecDefaults(entry: KindEntry, object: Json): Json {
  switch (entry.kind) {
    case 'Pod':
      return change(object, 'spec', (spec) => withPodDefaults(isMirror(object) ? spec : withServiceAccount(spec)));
    case 'NetworkPolicy':
      return change(object, 'spec', withNetworkPolicyDefaults);
    case 'CronJob':
      return change(object, 'spec', (spec) =>
        change(spec, 'jobTemplate', (job) => change(job, 'spec', withTemplateDefaults)),
      );
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return change(object, 'spec', withTemplateDefaults);
    default:
      return object;
  }
}

/** A template gets no service account from the API server; the pods made from it do. */
function withTemplateDefaults(spec: Json): Json {
  return change(spec, 'template', (template) => change(template, 'spec', withPodDefaults));
}

/** The ServiceAccount admission plugin leaves mirror pods alone. */
function isMirror(pod: Json): boolean {
  const metadata = pod['metadata'];
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  return isObject(annotations) && Object.hasOwn(annotations, MIRROR_ANNOTATION);
}

function withServiceAccount(spec: Json): Json {
  return fill(spec, 'serviceAccountName', spec['serviceAccount'] || 'default');
}

function withPodDefaults(spec: Json): Json {
  return changeEach(spec, 'containers', (container) => changeEach(container, 'ports', withProtocol));
}

function withProtocol(port: Json): Json {
  return fill(port, 'protocol', 'TCP');
}

function withNetworkPolicyDefaults(spec: Json): Json {
  const withPorts = ['ingress', 'egress'].reduce(
    (policy, direction) => changeEach(policy, direction, (rule) => changeEach(rule, 'ports', withProtocol)),
    spec,
  );
  if (Array.isArray(spec['policyTypes']) && spec['policyTypes'].length > 0) return withPorts;
  const hasEgress = Array.isArray(spec['egress']) && spec['egress'].length > 0;
  return { ...withPorts, policyTypes: hasEgress ? ['Ingress', 'Egress'] : ['Ingress'] };
}

/** The object with a field set where it is absent, null or empty text, as Go sees them. */
function fill(object: Json, name: string, value: unknown): Json {
  const written = object[name] ?? '';
  return written === '' ? { ...object, [name]: value } : object;
}

/** The object with the object in one field changed; a field that holds none stays as it is. */
function change(object: Json, name: string, edit: (field: Json) => Json): Json {
  const field = object[name];
  return isObject(field) ? { ...object, [name]: edit(field) } : object;
}

/** The object with each object in a list changed; a list that is absent stays so. */
function changeEach(object: Json, name: string, edit: (element: Json) => Json): Json {
  const list = object[name];
  if (!Array.isArray(list)) return object;
  return { ...object, [name]: list.map((element: unknown) => (isObject(element) ? edit(element) : element)) };
}
