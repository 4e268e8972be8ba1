/**
 * Label selectors, as Go unmarshals them: unknown operators and colliding keys are the business of whoever reads them.
 */
import type { MatchExpression, SelectorSpec } from '../../cilium/policy-spec.ts';
import type { JsonNode } from './node.ts';

/** The selector at this place; one that is absent or null has no requirements. */
export function selectorAt(node: JsonNode): SelectorSpec {
  return {
    matchLabels: node.field('matchLabels').asStringMap(),
    matchExpressions: (node.field('matchExpressions').asList() ?? []).map(expressionAt),
  };
}

/** For fields that are pointers in Go: null is absent. */
export function optionalSelector(node: JsonNode): SelectorSpec | undefined {
  return node.isAbsent ? undefined : selectorAt(node);
}

/**
 * For fields of type EndpointSelector: its UnmarshalJSON is called for null too and makes a selector without
 * requirements, which selects everything (pkg/policy/api/selector.go).
 */
export function endpointSelectorField(node: JsonNode): SelectorSpec | undefined {
  return node.value === undefined ? undefined : selectorAt(node);
}

export function selectorList(node: JsonNode): readonly SelectorSpec[] | undefined {
  return node.asList()?.map(selectorAt);
}

function expressionAt(node: JsonNode): MatchExpression {
  return {
    key: node.field('key').asString() ?? '',
    operator: node.field('operator').asString() ?? '',
    values: node.field('values').asStrings() ?? [],
  };
}
