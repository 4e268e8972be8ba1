/**
 * DNS selectors -> the node-local identities that they bring about.
 *
 * Mirrors pkg/fqdn/matchpattern and pkg/fqdn/namemanager. A selector registers when the policy of a local endpoint is
 * resolved and has a filter with it; each then has one identity per address family before any answer was seen, and each
 * address that was learned has the labels of all selectors that its name matches.
 */
import { canonicalKey, labelArray, type Label, type LabelArray } from '../identity/label.ts';
import { parseAddress, worldLabel } from './cidr.ts';
import type { PolicyContext } from './context.ts';
import type { LabelledPrefix } from './local-identities.ts';
import type { SelectorPolicy } from './resolve.ts';
import type { EndpointSelector } from './selector.ts';

/**
 * The names and patterns that the filters of a policy ask for, each once: those too that get no keys because their port is open
 * to everybody, since the agent takes selectors in before it leaves them out (cacheFQDNSelector, pkg/policy/l4.go).
 */
export function registeredNames(policy: SelectorPolicy): readonly string[] {
  const names = new Set<string>();
  for (const { entries, elided } of policy.egress.filters) {
    for (const { selector } of entries.values()) for (const name of namesIn(selector)) names.add(name);
    for (const selector of elided) for (const name of namesIn(selector)) names.add(name);
  }
  return [...names];
}

function* namesIn({ requirements }: EndpointSelector): Iterable<string> {
  for (const { source, key } of requirements) if (source === 'fqdn') yield key;
}

/** What is allocated before any answer: one label set per name and family. Nothing where preallocation is off. */
export function idleIdentities(names: readonly string[], context: PolicyContext): readonly LabelArray[] {
  const { ipv4, ipv6, fqdnPreallocation } = context.config;
  if (!fqdnPreallocation) return [];
  const families = [...(ipv4 ? ([4] as const) : []), ...(ipv6 ? ([6] as const) : [])];
  const sets = names.flatMap((name) =>
    families.map((family) => labelArray([nameLabel(name), worldLabel(family, context)])),
  );
  return [...new Map(sets.map((labels) => [canonicalKey(labels), labels])).values()];
}

/** Addresses that were learned by name, with the labels of every registered name or pattern that matches. */
export function learnedPrefixes(
  names: readonly string[],
  answers: ReadonlyMap<string, readonly string[]>,
): readonly LabelledPrefix[] {
  return [...answers].flatMap(([name, addresses]) => {
    const labels = names.filter((pattern) => matchesName(pattern, name)).map(nameLabel);
    if (labels.length === 0) return [];
    return addresses.flatMap((address) => {
      const prefix = parseAddress(address);
      return prefix === undefined ? [] : [{ prefix, labels }];
    });
  });
}

/**
 * `*` is any run of letters, digits, `-` and `_` inside one label of the name; `**.` at the start is one label or more;
 * `*` alone is every name. Case and a dot at the end do not matter.
 */
export function matchesName(pattern: string, name: string): boolean {
  const wanted = withoutEnd(pattern.trim().toLowerCase());
  const labels = withoutEnd(name.trim().toLowerCase()).split('.');
  if (/^\*+$/.test(wanted)) return true;
  const parts = wanted.split('.');
  if (/^\*{2,}$/.test(parts[0] ?? '') && parts.length > 1) {
    const rest = parts.slice(1);
    return labels.length > rest.length && matchesLabels(rest, labels.slice(-rest.length));
  }
  return matchesLabels(parts, labels);
}

function matchesLabels(parts: readonly string[], labels: readonly string[]): boolean {
  return parts.length === labels.length && parts.every((part, index) => matchesLabel(part, labels[index] ?? ''));
}

/** O(pattern x label), both at most 255 long. */
function matchesLabel(part: string, label: string): boolean {
  const [first = '', ...rest] = part.split(/\*+/);
  if (rest.length === 0) return part === label;
  const last = rest.pop() ?? '';
  if (!label.startsWith(first) || !label.endsWith(last) || label.length < first.length + last.length) return false;
  let position = first.length;
  const end = label.length - last.length;
  for (const piece of rest) {
    const found = label.indexOf(piece, position);
    if (found < 0 || found + piece.length > end) return false;
    position = found + piece.length;
  }
  return true;
}

function withoutEnd(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function nameLabel(name: string): Label {
  return { source: 'fqdn', key: name, value: '' };
}
