/**
 * What the agent would refuse in a label selector.
 *
 * Mirrors EndpointSelector.Sanitize (pkg/policy/api/selector.go). Since 1.20 the key is looked at without its source;
 * before, source and key are one Kubernetes label key joined by a dot, so that odd keys pass and long ones do not.
 */
import type { FieldPath } from '../../field-path.ts';
import type { MatchExpression, SelectorSpec } from '../../policy-spec.ts';
import type { Profile } from '../../profile.ts';
import { isLabelValue, isQualifiedName } from './label-syntax.ts';
import type { Refusal } from '../rule.ts';
import { groupKeyParts, isOperator, legacyExtendedKey } from './written-selector.ts';

export function* selectorRefusals(selector: SelectorSpec, path: FieldPath, profile: Profile): Iterable<Refusal> {
  const isKey = (key: string): boolean => isSelectorKey(key, profile);
  yield* refusalsByKey(selector, path, isKey);
}

/** Keys of a cidrGroupSelector: until 1.19 they have no source of their own. */
export function* groupSelectorRefusals(selector: SelectorSpec, path: FieldPath, profile: Profile): Iterable<Refusal> {
  yield* refusalsByKey(selector, path, (text) => {
    const { source, key } = groupKeyParts(text, profile);
    return profile.legacySelectorKeys
      ? isQualifiedName(`${source}.${key}`)
      : isSelectorKey(`${source}:${key}`, profile);
  });
}

/** Whether Kubernetes takes it: keys have no source. */
export function isKubernetesSelector(selector: SelectorSpec): boolean {
  return [...refusalsByKey(selector, '', isQualifiedName)].length === 0;
}

/** A selector key that this version takes. */
function isSelectorKey(key: string, profile: Profile): boolean {
  if (profile.legacySelectorKeys) return isQualifiedName(legacyExtendedKey(key));
  const parts = key.split(':', 3);
  const [first = '', second] = parts;
  if (second === undefined) return isQualifiedName(first);
  return parts.length === 2 && /^[A-Za-z0-9]+$/.test(first) && isQualifiedName(second);
}

function* refusalsByKey(selector: SelectorSpec, path: FieldPath, isKey: (key: string) => boolean): Iterable<Refusal> {
  for (const [key, value] of selector.matchLabels) {
    if (!isKey(key)) yield { field: `${path}.matchLabels`, reason: `"${key}" is not a label key` };
    if (!isLabelValue(value)) yield { field: `${path}.matchLabels`, reason: `"${value}" is not a label value` };
  }
  for (const [index, expression] of selector.matchExpressions.entries()) {
    yield* expressionRefusals(expression, `${path}.matchExpressions[${index}]`, isKey);
  }
}

function* expressionRefusals(
  { key, operator, values }: MatchExpression,
  path: FieldPath,
  isKey: (key: string) => boolean,
): Iterable<Refusal> {
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (!isOperator(operator)) {
    yield { field: `${path}.operator`, reason: `"${operator}" is none of In, NotIn, Exists and DoesNotExist` };
  } else if (takesValues !== values.length > 0) {
    yield { field: `${path}.values`, reason: takesValues ? `${operator} needs values` : `${operator} takes no values` };
  }
  if (!isKey(key)) yield { field: `${path}.key`, reason: `"${key}" is not a label key` };
  for (const [index, value] of values.entries()) {
    if (!isLabelValue(value)) yield { field: `${path}.values[${index}]`, reason: `"${value}" is not a label value` };
  }
}
