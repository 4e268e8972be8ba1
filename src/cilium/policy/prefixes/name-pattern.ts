/**
 * What a name or a pattern of a DNS selector matches.
 *
 * Mirrors pkg/fqdn/matchpattern: `*` is any run of letters, digits, `-` and `_` inside one label of a name, and alone it is every
 * name. Since 1.19 `**.` at the start is one label or more. Case and a dot at the end of a name do not matter.
 */
import type { Profile } from '../../profile.ts';

export function canonicalName(name: string): string {
  return withoutEnd(name.trim().toLowerCase());
}

/** It matches one name, its own. */
export function isExactName(pattern: string): boolean {
  return !pattern.includes('*');
}

export function matchesName(pattern: string, name: string, profile: Profile): boolean {
  const text = canonicalName(name);
  if (!/^[-a-z0-9_.]*$/.test(text)) return false;
  const wanted = pattern.trim().toLowerCase();
  if (profile.starsSpanDNSLabels ? /^\*+\.?$/.test(wanted) : wanted === '*') return true;
  const [first = '', ...rest] = canonicalName(wanted).split('.');
  const labels = text.split('.');
  if (profile.starsSpanDNSLabels && /^\*{2,}$/.test(first)) {
    return labels.length > rest.length && matchesLabels(rest, labels.slice(-rest.length));
  }
  return matchesLabels([first, ...rest], labels);
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
