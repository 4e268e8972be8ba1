/**
 * An object with the values of its labels hashed, so that the same value has the same hash everywhere: in labels of pods,
 * identities and nodes, and in the selectors of policies and Services. So every answer stays what it was.
 *
 * Left alone: keys; empty values; labels whose value is the name of an object or a word of Kubernetes or Cilium, since names are
 * not hashed either. A value that no API server takes stays one, since what a policy with it means depends on that.
 * The hash is keyed: without the key nobody can try values out. Cost: linear in the object, one hash for each new value.
 */
import { createHmac } from 'node:crypto';
import { isObject } from '../kubernetes/decode/node.ts';
import type { JsonObject } from './what-is-read.ts';

/** Hex digits: 80 bits. */
const DIGITS = 20;
const LONGEST_VALUE = 63;
const VALID_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** Values are few, and a cluster that has more of them costs time, not memory. */
const MOST_REMEMBERED = 1_000_000;

/** Objects from label keys to values, or lists of `key=value`. */
const LABEL_FIELDS: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'security-labels']);

/** What stands behind a source (`k8s:`) or a prefix (`io.cilium.k8s.namespace.labels.`) counts, too. */
const KEPT_KEYS: readonly string[] = [
  'kubernetes.io/metadata.name',
  'io.kubernetes.pod.namespace',
  'io.cilium.k8s.policy.cluster',
  'io.cilium.k8s.policy.serviceaccount',
  'kubernetes.io/service-name',
  'endpointslice.kubernetes.io/managed-by',
  'endpointslice.kubernetes.io/skip-mirror',
  'service.kubernetes.io/service-proxy-name',
  'kubernetes.io/hostname',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'job-name',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
  'pod-template-hash',
  'controller-revision-hash',
  'k8s-app',
];

export class LabelRedaction {
  readonly #key: Uint8Array;
  readonly #hashes = new Map<string, string>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  object(object: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, this.#field(name, value, object)]));
  }

  /** As deep as decoders go: nothing below was kept. */
  #field(name: string, value: unknown, parent: JsonObject): unknown {
    if (LABEL_FIELDS.has(name)) return this.#labels(value);
    if (name === 'selector' && isObject(value) && isFlat(value)) return this.#labels(value);
    if (name === 'values' && typeof parent['key'] === 'string') return this.#valuesOf(parent['key'], value);
    return this.#below(value);
  }

  #below(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((element: unknown) => this.#below(element));
    return isObject(value) ? this.object(value) : value;
  }

  #labels(labels: unknown): unknown {
    if (Array.isArray(labels)) return labels.map((label: unknown) => this.#labelInList(label));
    if (!isObject(labels)) return labels;
    return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, this.#value(key, value)]));
  }

  /** `k8s:app=web`, or written in full. */
  #labelInList(label: unknown): unknown {
    if (isObject(label) && typeof label['key'] === 'string') {
      return 'value' in label ? { ...label, value: this.#value(label['key'], label['value']) } : label;
    }
    if (typeof label !== 'string' || !label.includes('=')) return label;
    const end = label.indexOf('=');
    const key = label.slice(0, end);
    return `${key}=${String(this.#value(key, label.slice(end + 1)))}`;
  }

  #valuesOf(key: string, values: unknown): unknown {
    return Array.isArray(values) ? values.map((value: unknown) => this.#value(key, value)) : values;
  }

  #value(key: string, value: unknown): unknown {
    if (typeof value !== 'string' || value === '' || isKept(key)) return value;
    return this.#hashes.get(value) ?? this.#hashed(value);
  }

  #hashed(value: string): string {
    const hash = createHmac('sha256', this.#key).update(value).digest('hex').slice(0, DIGITS);
    const redacted = isValidValue(value) ? hash : `${hash} is invalid!`;
    if (this.#hashes.size < MOST_REMEMBERED) this.#hashes.set(value, redacted);
    return redacted;
  }
}

function isKept(key: string): boolean {
  return KEPT_KEYS.some((kept) => key === kept || key.endsWith(`:${kept}`) || key.endsWith(`.${kept}`));
}

function isValidValue(value: string): boolean {
  return value.length <= LONGEST_VALUE && VALID_VALUE.test(value);
}

/** The selector of a Service, and not one with matchLabels. */
function isFlat(selector: JsonObject): boolean {
  return Object.values(selector).every((value) => typeof value === 'string');
}
