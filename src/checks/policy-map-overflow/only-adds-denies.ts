/**
 * Whether a change of a policy only adds denies: it is for safety then, and never refused for the size of a map.
 *
 * No allow comes or goes, and what a former deny took is taken still: it is named as before, or the denies of the new version
 * are proved to cover it together. What is not proved within bounds is not known to be for safety.
 * Cost: O(rules and their peers), and a bounded number of bounded proofs where a deny changed. Asked for only where a map
 * overflows.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { containsPrefix, prefixOfLabelKey, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import { denyOf, uncoveredProduct, type AllowUnit, type Deny } from '../../cilium/policy/containment/product.ts';
import { universeFacts, type UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { ANY_PROTOCOL, listedSelectors, type Direction, type Ports, type Rule } from '../../cilium/policy/rule.ts';
import { WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';
import { PAUSE, type Pause } from '../check.ts';

const MOST_PROOFS = 100;
/** Of the denies that a proof is about. */
const MOST_PEERS = 500;
const PEERS_PER_PAUSE = 1024;

export function* onlyAddsDenies(
  before: readonly Rule[],
  after: readonly Rule[],
  settings: Settings,
): Generator<Pause, boolean> {
  const lists = new PortLists();
  const old = yield* contentsOf(before, lists);
  const fresh = yield* contentsOf(after, lists);
  const [known, kept] = [new Set(old), new Set(fresh)];
  const added = after.filter((_, index) => !known.has(fresh[index] ?? ''));
  const gone = before.filter((_, index) => !kept.has(old[index] ?? ''));
  if ([...added, ...gone].some(({ verdict }) => verdict !== 'deny')) return false;
  // A deny that stands elsewhere is another one: whether an accept comes before it is not looked at.
  if (gone.some(({ tierPlace }) => tierPlace !== undefined)) return false;
  return !(yield* lifts(gone, after, settings));
}

/** Whether something that these denies took may be taken no more. */
function* lifts(gone: readonly Rule[], after: readonly Rule[], settings: Settings): Generator<Pause, boolean> {
  const { filter } = settings;
  if (filter.kind !== 'known') return gone.length > 0;
  const facts = universeFacts(settings, (label) => filter.filter.keeps(label));
  const denies = after.filter(({ verdict, subjectKind }) => verdict === 'deny' && subjectKind === 'endpoint');
  let proofs = 0;
  for (const { direction, part } of changedParts(gone, after)) {
    yield PAUSE;
    const facing = denies.filter((rule) => rule.direction === direction);
    if (++proofs > MOST_PROOFS || !(yield* isCovered(part, facing, facts))) return true;
  }
  return false;
}

function* isCovered(part: AllowUnit, denies: readonly Rule[], facts: UniverseFacts): Generator<Pause, boolean> {
  const meeting: Deny[] = [];
  let peers = 0;
  for (const rule of denies) {
    const deny = denyOf(rule, 'own');
    const near: EndpointSelector[] = [];
    for (const [index, peer] of deny.peers.entries()) {
      if (index % PEERS_PER_PAUSE === PEERS_PER_PAUSE - 1) yield PAUSE;
      if (!areApart(part.peer, peer)) near.push(peer);
    }
    peers += near.length;
    if (peers > MOST_PEERS) return false;
    if (near.length > 0) meeting.push({ ...deny, peers: near });
  }
  return uncoveredProduct(part, meeting, facts).kind === 'covered';
}

/** Prefixes of CIDR rules of which none contains the other: nearly all of a long list, so that proofs are about few. */
function areApart(a: EndpointSelector, b: EndpointSelector): boolean {
  const [left, right] = [prefixOf(a), prefixOf(b)];
  return left !== undefined && right !== undefined && !containsPrefix(left, right) && !containsPrefix(right, left);
}

function prefixOf({ requirements }: EndpointSelector): Prefix | undefined {
  const requirement = requirements.find(({ source, operator }) => source === 'cidr' && operator === 'Exists');
  return requirement === undefined ? undefined : prefixOfLabelKey(requirement.key);
}

interface DeniedPart {
  readonly direction: Direction;
  readonly part: AllowUnit;
}

/** Peers that no deny names in the same way afterwards: of a long list of which one item goes, that item. */
function* changedParts(gone: readonly Rule[], after: readonly Rule[]): Iterable<DeniedPart> {
  const named = new Set<string>();
  const lists = new PortLists();
  for (const rule of after)
    for (const { key } of rule.verdict === 'deny' ? keyedPeers(rule, lists) : []) named.add(key);
  for (const rule of gone) {
    for (const { key, peer } of keyedPeers(rule, lists)) {
      if (!named.has(key)) yield* partsOf(rule, peer);
    }
  }
}

function* keyedPeers(
  rule: Rule,
  lists: PortLists,
): Iterable<{ readonly key: string; readonly peer: EndpointSelector }> {
  const { direction, subject, peers, ports } = rule;
  const place = JSON.stringify([direction, subject.key, lists.numberOf(ports)]);
  const selectors = peers.kind === 'any' ? [WILDCARD] : listedSelectors(peers);
  for (const peer of selectors) yield { key: `${place} ${peer.key}`, peer };
}

/** Port names depend on the pod and are left out. */
function* partsOf({ direction, subject, ports }: Rule, peer: EndpointSelector): Iterable<DeniedPart> {
  const ranges = ports.kind === 'any' ? [{ protocol: ANY_PROTOCOL, first: 0, last: 0 }] : ports.items;
  for (const range of ranges) yield { direction, part: { subject, peer, ports: range } };
}

const RULES_PER_PAUSE = 64;

/** What each rule says, wherever it stands. */
function* contentsOf(rules: readonly Rule[], lists: PortLists): Generator<Pause, readonly string[]> {
  const contents: string[] = [];
  for (const rule of rules) {
    contents.push(contentOf(rule, lists));
    if (contents.length % RULES_PER_PAUSE === 0) yield PAUSE;
  }
  return contents;
}

function contentOf(rule: Rule, lists: PortLists): string {
  const { direction, verdict, tierPlace, defaultDeny, subject, peers, ports } = rule;
  const peerKeys =
    peers.kind === 'list' ? peers.items.map(({ selectors }) => selectors.map(({ key }) => key)) : peers.kind;
  return JSON.stringify([direction, verdict, tierPlace, defaultDeny, subject.key, peerKeys, lists.numberOf(ports)]);
}

/** Numbers for lists of ports: equal for lists that say the same. Rules share long ones, which are written out once. */
class PortLists {
  readonly #byList = new Map<Ports, number>();
  readonly #byContent = new Map<string, number>();

  numberOf(ports: Ports): number {
    return getOrMake(this.#byList, ports, () =>
      getOrMake(this.#byContent, JSON.stringify(portsContent(ports)), () => this.#byContent.size),
    );
  }
}

function portsContent(ports: Ports): readonly unknown[] {
  if (ports.kind === 'any') return ['any'];
  const ranges = ports.items.map(({ protocol, first, last, redirect }) => [protocol, first, last, redirect]);
  const names = (ports.names ?? []).map(({ protocol, name, redirect }) => [protocol, name, redirect]);
  return [ranges, names];
}
