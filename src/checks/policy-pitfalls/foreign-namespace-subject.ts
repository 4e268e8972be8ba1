/**
 * The endpointSelector of a CiliumNetworkPolicy names another namespace than that of the policy, which is where it applies.
 *
 * The namespace of the policy is put into the selector: it takes the place of what stands under exactly
 * `k8s:io.kubernetes.pod.namespace`, and joins any other spelling, so that nothing has both (ParseToCiliumRule,
 * pkg/k8s/apis/cilium.io/utils).
 */
import { POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { refOf, type PolicyObject } from '../../cilium/objects.ts';
import type { CiliumRuleSpec, SelectorSpec } from '../../cilium/policy-spec.ts';
import { selectorKeyParts } from '../../cilium/policy/parse/written-selector.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { Profile } from '../../cilium/profile.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Lost } from './pitfall-finding.ts';
import { selectedPods } from './selected-pods.ts';

export function* foreignNamespaceSubjects(
  policy: PolicyObject,
  rules: readonly Rule[],
  view: ClusterView,
): Iterable<Lost> {
  if (policy.kind !== 'CiliumNetworkPolicy') return;
  const object = refOf(policy);
  for (const spec of policy.rules) {
    const rule = rules.find(({ ref }) => ref.field.startsWith(`${spec.path}.`));
    const named = namedNamespaces(spec, view.settings.profile);
    if (rule === undefined || named.length === 0 || named.includes(policy.namespace)) continue;
    const selected = selectedPods(rule, view);
    yield {
      id: 'foreign-namespace-subject',
      reason: isOverwritten(spec) ? 'own-namespace' : 'nothing',
      object,
      field: `${spec.path}.endpointSelector`,
      label: `${POD_NAMESPACE_KEY}=${named.join()}`,
      selected,
      fix: `write the rules in a policy of namespace ${named.join(' and ')}, or leave the namespace out`,
    };
  }
}

function namedNamespaces({ endpointSelector }: CiliumRuleSpec, profile: Profile): readonly string[] {
  const { matchLabels, matchExpressions }: SelectorSpec = endpointSelector ?? NOTHING;
  const isNamespace = (text: string): boolean => {
    const { source, key } = selectorKeyParts(text, profile);
    return key === POD_NAMESPACE_KEY && (source === 'k8s' || source === 'any');
  };
  const labels = [...matchLabels].filter(([key]) => isNamespace(key)).map(([, value]) => value);
  const expressions = matchExpressions.filter(({ key, operator }) => operator === 'In' && isNamespace(key));
  return [...labels, ...expressions.flatMap(({ values }) => values)];
}

const NOTHING: SelectorSpec = { matchLabels: new Map(), matchExpressions: [] };

/** Nothing but what is overwritten names it. */
function isOverwritten({ endpointSelector: { matchLabels, matchExpressions } = NOTHING }: CiliumRuleSpec): boolean {
  const others = [...matchLabels.keys(), ...matchExpressions.map(({ key }) => key)].filter(
    (key) => key !== `k8s:${POD_NAMESPACE_KEY}` && key.includes(POD_NAMESPACE_KEY),
  );
  const isExpressed = matchExpressions.some(({ key }) => key === `k8s:${POD_NAMESPACE_KEY}`);
  return matchLabels.has(`k8s:${POD_NAMESPACE_KEY}`) && others.length === 0 && !isExpressed;
}
