/**
 * What a label key and a label value may look like in a selector, and a name in a reference.
 *
 * Mirrors k8s.io/apimachinery validation (IsQualifiedName, IsValidLabelValue, IsDNS1123Subdomain, IsDNS1123Label), which the agent
 * applies to selectors and to secrets.
 * The expressions are fixed and match in linear time.
 */
const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

const LONGEST_NAME = 63;
const LONGEST_SUBDOMAIN = 253;

/** `app`, `app.kubernetes.io/name`: a name of at most 63 characters, perhaps behind a DNS subdomain. */
export function isQualifiedName(text: string): boolean {
  const [first = '', second, ...others] = text.split('/', 3);
  if (second === undefined) return isName(first);
  return others.length === 0 && isSubdomain(first) && isName(second);
}

export function isLabelValue(text: string): boolean {
  return text === '' || isName(text);
}

export function isSubdomain(text: string): boolean {
  return text.length <= LONGEST_SUBDOMAIN && SUBDOMAIN.test(text);
}

/** As a namespace is called. */
export function isLabelOfName(text: string): boolean {
  return text.length <= LONGEST_NAME && SUBDOMAIN.test(text) && !text.includes('.');
}

function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text);
}
