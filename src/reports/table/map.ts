/**
 * `explain map` for a terminal: entries that the same rules made stand together, counted, most of them first.
 *
 * Cost: linear in the entries. A group shows a few ports and peers and how many more there are.
 */
import type { MapExplanation } from '../../review/explanations.ts';
import { isMadeUp, objectPath, podsText, protocolName } from '../names.ts';
import { clean, count, detail, itemLines, number, percent, type Canvas, type Item } from './layout.ts';

type MapEntry = MapExplanation['entries'][number];

/** Entries of one direction that have the effect and the rules in common. */
interface Group {
  readonly effect: MapEntry['effect'];
  readonly rules: readonly string[];
  entries: number;
  readonly ports: Set<string>;
  readonly peers: Map<number, string>;
}

const ENTRIES = { one: 'entry', many: 'entries' };
const MOST_NAMED = 4;
const MOST_RULES = 8;

export function mapLines(explanation: MapExplanation, canvas: Canvas): readonly string[] {
  const { identity, ciliumVersion, entries, limit, certainty } = explanation;
  const size = `${number(entries.length)} of ${number(limit)} entries (${percent(entries.length, limit)})`;
  const items: Item[] = [
    { label: 'policy map', text: size, ...(entries.length > limit ? { tone: 'bad' as const } : {}) },
    detail('certainty', certainty),
    ...explanation.doubts.map((reason) => detail('because', reason)),
    ...explanation.labels.map((label, index) => detail(index === 0 ? 'labels' : '', label)),
    ...(explanation.ownPorts === undefined ? [] : [detail('of pods', portsText(explanation.ownPorts))]),
  ];
  return [
    `${canvas.paint('strong', identity === 'new' ? 'an identity without a number yet' : `identity ${identity}`)}  ${canvas.paint('quiet', `Cilium ${clean(ciliumVersion)}`)}`,
    '',
    ...itemLines(items, canvas),
    ...directionLines('ingress', explanation, canvas),
    ...directionLines('egress', explanation, canvas),
    ...unsupportedLines(explanation, canvas),
  ];
}

/** Others of the identity have other maps. */
function portsText(ownPorts: readonly string[]): string {
  return ownPorts.length === 0 ? 'without ports that rules name' : `with the ports ${ownPorts.join(', ')}`;
}

function directionLines(
  direction: MapEntry['direction'],
  explanation: MapExplanation,
  canvas: Canvas,
): readonly string[] {
  const enforced = direction === 'ingress' ? explanation.ingressEnforced : explanation.egressEnforced;
  const entries = explanation.entries.filter((entry) => entry.direction === direction);
  const title = `${enforced ? 'enforced' : 'not enforced'}, ${count(entries.length, ENTRIES)}`;
  const lines = ['', `${canvas.paint('strong', direction)}  ${canvas.paint('quiet', title)}`];
  for (const group of grouped(entries))
    lines.push('', ...groupLines(group, direction === 'ingress' ? 'from' : 'to', canvas));
  return lines;
}

function grouped(entries: readonly MapEntry[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    const rules = entry.rules.map(({ object, field }) => `${objectPath(object)} ${field}`);
    const key = JSON.stringify([entry.effect, rules]);
    const group = groups.get(key) ?? { effect: entry.effect, rules, entries: 0, ports: new Set(), peers: new Map() };
    groups.set(key, group);
    group.entries += 1;
    group.ports.add(portText(entry));
    group.peers.set(entry.identity, peerText(entry));
  }
  // Sorting is stable: of equal groups the one whose first entry comes first in the map stays first.
  return [...groups.values()].sort((a, b) => b.entries - a.entries);
}

function groupLines(group: Group, link: 'from' | 'to', canvas: Canvas): readonly string[] {
  const peers = group.peers.size > MOST_NAMED ? `${number(group.peers.size)} identities` : some(group.peers.values());
  const rules = group.rules.length === 0 ? ['no rule: Cilium adds this itself'] : group.rules;
  const items: Item[] = [
    {
      label: number(group.entries),
      labelTone: 'strong',
      text: `${group.effect} ${some(group.ports)} ${link} ${peers}`,
      ...(group.effect === 'deny' ? { tone: 'caution' as const } : {}),
    },
    ...rules.slice(0, MOST_RULES).map((rule) => detail('', rule)),
  ];
  if (rules.length > MOST_RULES) items.push(detail('', `and ${number(rules.length - MOST_RULES)} more rules`));
  return itemLines(items, canvas);
}

/** The first few, and how many more. */
function some(names: Iterable<string>): string {
  const all = [...names];
  const rest = all.length > MOST_NAMED ? ` and ${number(all.length - MOST_NAMED)} more` : '';
  return all.slice(0, MOST_NAMED).join(', ') + rest;
}

/** A port prefix as the range that it stands for: 8080 with 15 bits is 8080-8081. */
function portText({ protocol, port, prefixLength }: MapEntry): string {
  const name = protocolName(protocol);
  if (prefixLength === 0) return protocol === 0 ? 'any port' : `${name} any port`;
  const last = port + 2 ** (16 - prefixLength) - 1;
  return last === port ? `${name} ${port}` : `${name} ${port}-${last}`;
}

/** What tells the peer apart: its prefix and names, its group or its reserved label, else its number if it has one. */
function peerText({ identity, labels }: MapEntry): string {
  if (identity === 0) return 'any peer';
  const telling = ['cidr:', 'fqdn:'].flatMap((source) => labels.filter((label) => label.startsWith(source)));
  if (telling.length > 0) return telling.join(' + ');
  for (const source of ['cidrgroup:', 'reserved:']) {
    const label = labels.find((candidate) => candidate.startsWith(source));
    if (label !== undefined) return label;
  }
  return isMadeUp(identity) ? podsText(labels) : `identity ${identity}`;
}

function unsupportedLines({ unsupported }: MapExplanation, canvas: Canvas): readonly string[] {
  if (unsupported.length === 0) return [];
  const items = unsupported.map(({ object, field, feature }) =>
    detail('unknown', `${feature}, in ${objectPath(object)} ${field}`),
  );
  return ['', canvas.paint('strong', 'not modelled'), '', ...itemLines(items, canvas)];
}
