/**
 * What `cilium-dbg fqdn cache list` printed -> the addresses that an agent has learned, by name.
 *
 * One line for each lookup: endpoint, source, name, TTL, when it ends, and addresses with commas (listFQDNCache,
 * cilium-dbg/cmd/fqdn.go). Endpoints of a node learn for each other, so that whose lookup it was does not matter; what has ended
 * and is in use still is listed like the rest. Anything else, a heading or an error, is passed over.
 */
import type { DNSAnswers } from '../cilium/policy/prefixes/fqdn.ts';
import { getOrMake } from '../cilium/get-or-make.ts';

const LOOKUP = /^\d+\s+[a-z]+\s+(\S+)\s+-?\d+\s+\S+\s+([0-9a-fA-F.:,]+)\s*$/;

export function readDNSCache(text: string): DNSAnswers {
  const learned = new Map<string, Set<string>>();
  for (const line of linesOf(text)) {
    const [, name, addresses] = LOOKUP.exec(line) ?? [];
    if (name === undefined || addresses === undefined) continue;
    const known = getOrMake(learned, name, () => new Set<string>());
    for (const address of addresses.split(',')) known.add(address);
  }
  return new Map([...learned].map(([name, addresses]) => [name, [...addresses]]));
}

function* linesOf(text: string): Iterable<string> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}
