/**
 * A written label selector as a list of conditions, and whether a label array meets them.
 *
 * Restates the matching rules of pkg/policy/api/selector.go: the text before the first colon of a key is its source; a
 * key without one, or with an empty one, matches every source, reserved labels included; NotIn and DoesNotExist hold where the
 * label is absent.
 */
import type { Label, LabelArray } from '../identity/label.ts';
import type { SelectorSpec } from '../policy-spec.ts';

export const NAMESPACE_KEY = 'io.kubernetes.pod.namespace';
export const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
export const CLUSTER_KEY = 'io.cilium.k8s.policy.cluster';

export interface Condition {
  readonly source: string;
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** Of a CIDR group: each value is asked for as a label whose key is `key+value` (1.19.5), since an address may be in many. */
  readonly inKey?: true;
}

export function conditionsOf(
  selector: SelectorSpec,
  read: (key: string) => { readonly source: string; readonly key: string },
): Condition[] {
  const conditions: Condition[] = [];
  for (const [key, value] of selector.matchLabels) conditions.push({ ...read(key), operator: 'In', values: [value] });
  for (const { key, operator, values } of selector.matchExpressions)
    conditions.push({ ...read(key), operator, values });
  return conditions;
}

export function withGroupLabels(conditions: readonly Condition[]): Condition[] {
  return conditions.map((condition) => ({ ...condition, inKey: true }));
}

/** Keys of CNP and CCNP selectors. `legacy`: a `$`, or `reserved.`, before it means source `reserved`, and it ends at a `=`. */
export function ciliumKey(legacy: boolean): (key: string) => { source: string; key: string } {
  if (!legacy) return sourceAndKey;
  return (text) => {
    const { source, key } = legacySourceAndKey(text);
    const [kept = ''] = key.split('=');
    return { source, key: kept };
  };
}

function legacySourceAndKey(text: string): { source: string; key: string } {
  if (text.startsWith('$')) return { source: 'reserved', key: text.slice(1) };
  if (text.startsWith('reserved.')) return { source: 'reserved', key: text.slice('reserved.'.length) };
  return sourceAndKey(text);
}

function sourceAndKey(text: string): { source: string; key: string } {
  const colon = text.indexOf(':');
  return { source: colon > 0 ? text.slice(0, colon) : 'any', key: text.slice(colon + 1) };
}

/** Keys of NetworkPolicy selectors, under a prefix for namespace labels. */
export function kubernetesKey(prefix = ''): (key: string) => { source: string; key: string } {
  return (text) => ({ source: 'k8s', key: prefix + text });
}

/** Written for `k8s:` or for every source. */
export function names(condition: Condition, key: string): boolean {
  return condition.key === key && (condition.source === 'k8s' || condition.source === 'any');
}

export function exists(source: string, key: string): Condition {
  return { source, key, operator: 'Exists', values: [] };
}

export function equals(key: string, value: string): Condition {
  return { source: 'k8s', key, operator: 'In', values: [value] };
}

/** Of two texts of one label, such as `app` and `any:app`, the order of a Go map says which one stays. */
export function isLeftToChance(conditions: readonly Condition[]): boolean {
  const values = new Map<string, string>();
  return conditions.some(({ source, key, operator, values: [value = '', ...others] }) => {
    if (operator !== 'In' || others.length > 0) return false;
    const before = values.get(`${source}:${key}`);
    values.set(`${source}:${key}`, value);
    return before !== undefined && before !== value;
  });
}

export function meets(labels: LabelArray, conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => meetsOne(labels, condition));
}

function meetsOne(labels: LabelArray, condition: Condition): boolean {
  const { key, operator, values } = condition;
  const label = find(labels, condition, key);
  const hasValue = (): boolean =>
    condition.inKey === true
      ? values.some((value) => find(labels, condition, `${key}+${value}`) !== undefined)
      : label !== undefined && values.includes(label.value);
  switch (operator) {
    case 'In':
      return hasValue();
    case 'NotIn':
      return !hasValue();
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      // The agent refuses such an object; a refused object selects nothing.
      return false;
  }
}

function find(labels: LabelArray, { source }: Condition, key: string): Label | undefined {
  return labels.find((candidate) => candidate.key === key && (source === 'any' || candidate.source === source));
}
