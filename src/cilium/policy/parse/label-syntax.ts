/**
 * What a label key and a label value may look like in a selector.
 *
 * Mirrors k8s.io/apimachinery validation (IsQualifiedName, IsValidLabelValue), which the agent applies to selectors.
 * The expressions are fixed and match in linear time.
 */
const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

const LONGEST_NAME = 63;
const LONGEST_PREFIX = 253;

/** `app`, `app.kubernetes.io/name`: a name of at most 63 characters, perhaps behind a DNS subdomain. */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/', 3);
  if (parts.length === 1) return isName(text);
  const [prefix, name] = parts;
  if (prefix === undefined || name === undefined || parts.length > 2) return false;
  return prefix.length <= LONGEST_PREFIX && SUBDOMAIN.test(prefix) && isName(name);
}

export function isLabelValue(text: string): boolean {
  return text === '' || isName(text);
}

function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text);
}
