/**
 * A selector as written -> requirements, and what is put into it: a namespace, a cluster.
 *
 * Mirrors pkg/policy/api/selector.go and pkg/labels (parseSource, GetExtendedKeyFrom). matchLabels and matchExpressions
 * stay apart until all is put in, because an injected label replaces the one of matchLabels and joins those of
 * matchExpressions. Keys without a source match any source.
 */
import { compareBytes } from '../../identity/label.ts';
import type { Profile } from '../../profile.ts';
import type { MatchExpression, SelectorOperator, SelectorSpec } from '../../policy-spec.ts';
import { endpointSelector, equals, type EndpointSelector, type Requirement } from '../selector.ts';

export interface WrittenSelector {
  /** By `source:key`. */
  readonly labels: ReadonlyMap<string, Requirement>;
  readonly expressions: readonly Requirement[];
}

/** A selector of which the source of each key was read. */
export interface ReadSelector extends WrittenSelector {
  /**
   * Two matchLabels are one once their sources are known (`app`, `any:app`), with two values: which one stays is chance in
   * Cilium, in the order of a Go map. Here both stay as values of one, so that nothing that either selects is missed.
   */
  readonly ambiguous: boolean;
}

export interface SelectorKeyParts {
  readonly source: string;
  readonly key: string;
}

/** `k8s:app` -> k8s, app; `app` -> any, app. Until 1.19 `$app` and `reserved.app` mean `reserved:app`. */
export function selectorKeyParts(text: string, profile: Profile): SelectorKeyParts {
  if (profile.legacySelectorKeys) return legacyKeyParts(text);
  const { source, key } = splitSource(text);
  return { source: source === '' ? 'any' : source, key };
}

/** Keys of a cidrGroupSelector are of source cidrgroup; since 1.20 they may name another. */
export function groupKeyParts(text: string, profile: Profile): SelectorKeyParts {
  return keyPartsOf(text, 'cidrgroup', profile);
}

/** Keys of the Kubernetes kinds are pod labels. An API server takes no other source in a NetworkPolicy. */
export function kubernetesKeyParts(text: string, profile: Profile): SelectorKeyParts {
  return keyPartsOf(text, 'k8s', profile);
}

/**
 * Keys of one source, unless they name another, as they may since 1.20 (pkg/labels: NewSourceEncodedLabelKey).
 *
 * There the source is put in before the key is looked at, so that `$x` still is `reserved:x` and an empty source is none.
 */
export function keyPartsOf(text: string, ownSource: string, profile: Profile): SelectorKeyParts {
  if (profile.legacySelectorKeys) return { source: ownSource, key: text };
  if (text.startsWith('$')) return { source: 'reserved', key: text.slice(1) };
  const { source, key } = splitSource(text);
  return { source: source === '' ? ownSource : source, key };
}

/** What the agent keeps until 1.19: the source, a dot, and the key, so that the first dot tells them apart again. */
export function legacyExtendedKey(text: string): string {
  const { source, key } = legacySource(text);
  const end = key.indexOf('=');
  return `${source === '' ? 'any' : source}.${end < 0 ? key : key.slice(0, end)}`;
}

export function readSelector(spec: SelectorSpec, partsOf: (key: string) => SelectorKeyParts): ReadSelector {
  const labels = new Map<string, Requirement>();
  let ambiguous = false;
  for (const [text, value] of spec.matchLabels) {
    const { source, key } = partsOf(text);
    const before = labels.get(`${source}:${key}`)?.values ?? [];
    if (before.includes(value)) continue;
    ambiguous ||= before.length > 0;
    labels.set(`${source}:${key}`, { ...equals(source, key, value), values: [...before, value] });
  }
  const expressions = spec.matchExpressions.flatMap((expression) => readExpression(expression, partsOf) ?? []);
  return { labels, expressions, ambiguous };
}

/** Any label of the selector, by whatever operator. */
export function mentions(written: WrittenSelector, test: (requirement: Requirement) => boolean): boolean {
  for (const requirement of written.labels.values()) if (test(requirement)) return true;
  return written.expressions.some(test);
}

/** Sets one label: what matchLabels says of the same source and key is gone, matchExpressions stay. */
export function withLabel(written: WrittenSelector, requirement: Requirement): WrittenSelector {
  const labels = new Map(written.labels).set(`${requirement.source}:${requirement.key}`, requirement);
  return { ...written, labels };
}

export function withExpression(written: WrittenSelector, requirement: Requirement): WrittenSelector {
  return { ...written, expressions: [...written.expressions, requirement] };
}

export function sealed(written: WrittenSelector): EndpointSelector {
  return endpointSelector([...written.labels.values(), ...written.expressions], 'labels', spellingOf(written));
}

/** Cilium tells selectors apart by their text, in which expressions stand as written. */
function spellingOf({ labels, expressions }: WrittenSelector): string | undefined {
  if (expressions.length === 0) return undefined;
  const matchLabels = [...labels].map(([key, { values }]) => [key, ...values]);
  return JSON.stringify([matchLabels.sort(([a = ''], [b = '']) => compareBytes(a, b)), expressions]);
}

/** An operator that no agent knows has been refused before; the agent would leave the requirement out. */
function readExpression(
  expression: MatchExpression,
  partsOf: (key: string) => SelectorKeyParts,
): Requirement | undefined {
  if (!isOperator(expression.operator)) return undefined;
  return { ...partsOf(expression.key), operator: expression.operator, values: expression.values };
}

export function isOperator(text: string): text is SelectorOperator {
  return text === 'In' || text === 'NotIn' || text === 'Exists' || text === 'DoesNotExist';
}

function legacyKeyParts(text: string): SelectorKeyParts {
  const extended = legacyExtendedKey(text);
  const dot = extended.indexOf('.');
  return { source: extended.slice(0, dot), key: extended.slice(dot + 1) };
}

function legacySource(text: string): SelectorKeyParts {
  if (text.startsWith('$')) return { source: 'reserved', key: text.slice(1) };
  if (!text.includes(':') && text.startsWith('reserved.')) {
    return { source: 'reserved', key: text.slice('reserved.'.length) };
  }
  return splitSource(text);
}

function splitSource(text: string): SelectorKeyParts {
  const colon = text.indexOf(':');
  return colon < 0 ? { source: '', key: text } : { source: text.slice(0, colon), key: text.slice(colon + 1) };
}
