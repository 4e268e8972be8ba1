/**
 * Fields of a Cilium rule that decide nothing, and that the agent unmarshals all the same: a value of a wrong type in one
 * keeps the whole policy from being read.
 *
 * Mirrors the Go types of pkg/policy/api (Rule, TLSContext, PortRuleHTTP, HeaderMatch) and
 * Label.UnmarshalJSON (pkg/labels). The CRD's schema keeps all of it out but a label with an empty key.
 */
import type { JsonNode } from './node.ts';

export function expectRuleFields(rule: JsonNode): void {
  rule.field('description').asString();
  for (const label of rule.field('labels').asList() ?? []) expectLabel(label);
}

/** Written in full, or as one text such as `k8s:app=web`. */
function expectLabel(label: JsonNode): void {
  if (typeof label.value === 'string' && label.value !== '') return;
  expectTexts(label, 'source', 'value');
  if ((label.field('key').asString() ?? '') === '') label.field('key').complain('must be set');
}

export function expectTLS(context: JsonNode): void {
  expectTexts(context, 'trustedCA', 'certificate', 'privateKey');
}

export function expectHTTP(rule: JsonNode): void {
  expectTexts(rule, 'host');
  rule.field('headers').asStrings();
}

export function expectHeaderMatch(match: JsonNode): void {
  expectTexts(match, 'value');
  expectTexts(match.field('secret'), 'namespace');
}

function expectTexts(node: JsonNode, ...names: readonly string[]): void {
  for (const name of names) node.field(name).asString();
}
