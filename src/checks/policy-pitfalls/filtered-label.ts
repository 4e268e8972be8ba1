/**
 * A policy about endpoints with a label that the label filter keeps out of identities, so that it never selects any.
 *
 * Proved by containment, not by what is there. Peers have a finding of their own (dead-selector of deny-contradiction), and labels
 * of Cilium's own are left to the check label-filter.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { CILIUM_KEYS } from '../../cilium/identity/pod-labels.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector, Requirement } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { FlowEnds } from '../facts/flow-ends.ts';
import type { Lost } from './pitfall-finding.ts';
import { selectedPods } from './selected-pods.ts';

interface Ground {
  readonly view: ClusterView;
  readonly ends: FlowEnds;
}

export function* filteredLabels(rules: readonly Rule[], ground: Ground): Iterable<Lost | Pause> {
  const subjects = new Set<string>();
  for (const rule of rules) {
    yield PAUSE;
    if (rule.subjectKind === 'host') continue;
    if (!subjects.has(rule.subject.key)) {
      subjects.add(rule.subject.key);
      yield* lostSubject(rule, ground);
    }
  }
}

function* lostSubject(rule: Rule, { view, ends }: Ground): Iterable<Lost> {
  const asked = filteredIn(rule.subject, view);
  if (asked === undefined || !ends.isImpossible(rule.subject)) return;
  const { object } = rule.ref;
  const pods = podsWith(asked, object.namespace, view);
  const field = subjectField(rule);
  yield { ...lost(asked, { object, field }), ...pods, selected: selectedPods(rule, view) };
}

/** A label that it asks for and no identity has. */
function filteredIn(
  { requirements }: EndpointSelector,
  { settings: { filter } }: ClusterView,
): Requirement | undefined {
  if (filter.kind !== 'known') return undefined;
  return requirements.find(
    ({ source, key, operator }) =>
      (source === 'k8s' || source === 'any') &&
      (operator === 'In' || operator === 'Exists') &&
      !CILIUM_KEYS.includes(key) &&
      !filter.filter.keeps({ source: 'k8s', key, value: '' }),
  );
}

function lost(
  { key, values: [value] }: Requirement,
  { object, field }: { readonly object: ObjectRef; readonly field: FieldPath },
): Omit<Lost, 'selected'> {
  const label = value === undefined || value === '' ? key : `${key}=${value}`;
  const fix = `use a label that is part of identities, or have the label filter of Cilium (\`labels\`) keep "${key}"`;
  return { id: 'filtered-label', reason: 'subject', object, field, label, fix };
}

/** Nobody reads about pods of other namespaces. */
function podsWith(
  { key, values }: Requirement,
  namespace: string | undefined,
  view: ClusterView,
): { readonly pods?: number } {
  if (namespace === undefined) return {};
  let pods = 0;
  for (const { labels } of view.podsIn(namespace)) {
    const value = labels.get(key);
    if (value !== undefined && (values.length === 0 || values.includes(value))) pods += 1;
  }
  return { pods };
}

/** `spec.ingress[0]` -> `spec.endpointSelector` */
function subjectField({ ref: { object, field } }: Rule): FieldPath {
  const spec = field.slice(0, field.lastIndexOf('.'));
  if (object.kind === 'NetworkPolicy') return 'spec.podSelector';
  return object.kind === 'ClusterNetworkPolicy' ? 'spec.subject' : `${spec}.endpointSelector`;
}
