/**
 * Denies that can't meet a unit, told by a look at single requirements: nearly all of them, so that proofs are about few.
 *
 * Ends and ports are looked at apart, each once for its rule: what no deny meets costs nothing by its number of units.
 *
 * Invariant: `true` is certain; a deny that is kept may still turn out to take nothing.
 * Sound because an identity has one label for a key and at most one cidr label, an address outside the cluster has no label of
 * a pod, and a selector with a positive requirement on such labels takes no aggregate identity.
 * Cost: of an item, O(requirements of the one x requirements of the other) for each deny; of the ports, O(ports of the rule x
 * ports of the deny) once for each deny; of a unit that is met, O(denies).
 */
import { containsPrefix } from '../../cilium/policy/prefixes/cidr.ts';
import type { Deny } from '../../cilium/policy/containment/product.ts';
import { ANY_PROTOCOL, type PortRange, type Ports } from '../../cilium/policy/rule.ts';
import { prefixFor, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ClusterwideDeny } from './denies.ts';
import type { PeerItem, WrittenPort } from './units.ts';

/** Denies that can take a flow of the item, ports aside. */
export function meetingEnds(item: PeerItem, denies: readonly ClusterwideDeny[]): readonly ClusterwideDeny[] {
  return denies.filter(({ deny }) => endsMeet(item, deny));
}

export function endsMeet(item: PeerItem, { side, subject, peers }: Omit<Deny, 'ports'>): boolean {
  const [near, far] = side === 'own' ? [[subject], peers] : [peers, [subject]];
  const reached = side === 'own' ? item.selectors : item.selectors.filter((peer) => !isAddress(peer));
  return (
    near.some((selector) => !areDisjoint(selector, item.rule.subject)) &&
    far.some((selector) => reached.some((peer) => !areDisjoint(selector, peer)))
  );
}

/**
 * No endpoint with a policy of its own, so that no deny stands at that end. Cilium puts cidr and cidrgroup labels on prefixes,
 * and takes them from health and ingress endpoints (pkg/ipcache/metadata.go: resolveLabels). With policy-cidr-match-mode `nodes`
 * nodes keep them, which no endpointSelector selects (pkg/policy/rule.go: matchesSubject); with `pods` endpoints get them
 * (1.20, pkg/endpoint: computeCIDRLabelsRLocked), and CIDR rules are not modelled.
 */
function isAddress({ requirements }: EndpointSelector): boolean {
  return requirements.some((requirement) => isPositive(requirement) && isOfAddress(requirement));
}

export interface MetPort {
  readonly ranges: WrittenPort;
  /** Not empty. */
  readonly denies: readonly ClusterwideDeny[];
}

const RANGES_PER_PAUSE = 5_000;

/** The ports of one rule, and which of them each deny meets. */
export class PortMeetings {
  readonly #ports: readonly WrittenPort[];
  readonly #met = new Map<ClusterwideDeny, Uint32Array>();

  constructor(ports: readonly WrittenPort[]) {
    this.#ports = ports;
  }

  /** The ports that some of the denies meet, as they are written. */
  *ofDenies(denies: readonly ClusterwideDeny[]): Generator<Pause | MetPort, void> {
    const columns: { readonly deny: ClusterwideDeny; readonly met: Uint32Array; next: number }[] = [];
    for (const deny of denies) columns.push({ deny, met: yield* this.#metBy(deny), next: 0 });
    for (;;) {
      const first = Math.min(...columns.map(({ met, next }) => met[next] ?? Infinity));
      const ranges = this.#ports[first];
      if (ranges === undefined) return;
      const meeting = columns.filter(({ met, next }) => met[next] === first);
      for (const column of meeting) column.next += 1;
      yield { ranges, denies: meeting.map(({ deny }) => deny) };
    }
  }

  *#metBy(deny: ClusterwideDeny): Generator<Pause, Uint32Array> {
    const known = this.#met.get(deny);
    if (known !== undefined) return known;
    const met = Uint32Array.from(yield* portsMet(this.#ports, deny.deny.ports));
    this.#met.set(deny, met);
    return met;
  }
}

/** Indices, ascending. */
function* portsMet(ports: readonly WrittenPort[], denied: Ports): Generator<Pause, readonly number[]> {
  if (denied.kind === 'any') return [...ports.keys()];
  const met: number[] = [];
  let compared = 0;
  for (const [index, ranges] of ports.entries()) {
    if (denied.items.some((range) => ranges.some((own) => rangesMeet(range, own)))) met.push(index);
    compared += denied.items.length;
    if (compared < RANGES_PER_PAUSE) continue;
    compared = 0;
    yield PAUSE;
  }
  return met;
}

export function portsMeet(a: Ports, b: Ports): boolean {
  if (a.kind === 'any' || b.kind === 'any') return true;
  return a.items.some((left) => b.items.some((right) => rangesMeet(left, right)));
}

export function rangesMeet(a: PortRange, b: PortRange): boolean {
  if (a.protocol === ANY_PROTOCOL || b.protocol === ANY_PROTOCOL) return true;
  if (a.protocol !== b.protocol) return false;
  return (
    a.first === 0 || b.first === 0 || (a.first <= Math.max(b.first, b.last) && b.first <= Math.max(a.first, a.last))
  );
}

/** Surely no identity is taken by both. */
function areDisjoint(a: EndpointSelector, b: EndpointSelector): boolean {
  return a.requirements.some((left) => b.requirements.some((right) => exclude(left, right)));
}

function exclude(left: Requirement, right: Requirement): boolean {
  if (!isPositive(left) || !isPositive(right)) return false;
  if (left.source === 'cidr' && right.source === 'cidr') return prefixesExclude(left, right);
  if (isOfAddress(left) && right.source === 'k8s') return true;
  if (isOfAddress(right) && left.source === 'k8s') return true;
  return left.key === right.key && isPlain(left) && isPlain(right) && valuesExclude(left, right);
}

function isPositive({ operator }: Requirement): boolean {
  return operator === 'In' || operator === 'Exists';
}

function isOfAddress({ source }: Requirement): boolean {
  return source === 'cidr' || source === 'cidrgroup' || source === 'fqdn';
}

/** Labels of groups may have several values. */
function isPlain({ source }: Requirement): boolean {
  return source !== 'cidrgroup';
}

function valuesExclude(left: Requirement, right: Requirement): boolean {
  return (
    left.operator === 'In' && right.operator === 'In' && !left.values.some((value) => right.values.includes(value))
  );
}

function prefixesExclude(left: Requirement, right: Requirement): boolean {
  const [a, b] = [prefixFor(left), prefixFor(right)];
  return a !== undefined && b !== undefined && !containsPrefix(a, b) && !containsPrefix(b, a);
}
