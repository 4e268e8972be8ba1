/**
 * `format: cidr` of a CRD's schema.
 *
 * Mirrors ParseCIDRSloppy (k8s.io/utils/net), which is older than the parser of the agent and takes more: leading zeros in
 * addresses and lengths, and groups of any number of digits. Cost: linear in the text.
 */
const LONGEST_TEXT = 128;

export function isSloppyCIDR(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0 || text.length > LONGEST_TEXT) return false;
  const address = text.slice(0, slash);
  const length = numberBelow(text.slice(slash + 1), 129);
  if (length === undefined) return false;
  return isIPv4(address) ? length <= 32 : isIPv6(address);
}

function numberBelow(text: string, limit: number): number | undefined {
  return /^\d+$/.test(text) && Number(text) < limit ? Number(text) : undefined;
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => numberBelow(part, 256) !== undefined);
}

/** Eight groups; `::` once stands for one or more of zero; an IPv4 address at the end for two. */
function isIPv6(text: string): boolean {
  const [before = '', after, ...more] = text.split('::');
  if (more.length > 0) return false;
  if (after === undefined) return countGroups(before) === 8;
  const left = before === '' ? 0 : countGroups(before, 'inside');
  const right = after === '' ? 0 : countGroups(after);
  return left !== undefined && right !== undefined && left + right < 8;
}

/** undefined where one is none. */
function countGroups(text: string, place: 'inside' | 'end' = 'end'): number | undefined {
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const hasIPv4 = place === 'end' && last.includes('.');
  if (hasIPv4 && !isIPv4(last)) return undefined;
  const plain = hasIPv4 ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]+$/.test(group) && Number.parseInt(group, 16) <= 0xffff)) return undefined;
  return plain.length + (hasIPv4 ? 2 : 0);
}
