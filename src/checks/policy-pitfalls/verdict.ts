/**
 * What the rules of one policy say to one flow, by the policy map that agents make of them and the look-up of the datapath.
 *
 * The map is made for the two ends of the flow alone: entries of one identity meet only those of its own and of its wildcard, so
 * that no other identity could change the answer, nor a rule that is not about the flow. Default deny is taken to be on, whatever
 * the policy says: another policy may switch it on, and then these rules decide.
 * Cost: a look at each rule of the policy, in steps; nothing of the cluster.
 */
import { NO_PORTS } from '../../cilium/named-ports.ts';
import { mapStateSteps } from '../../cilium/policy/map/map-state.ts';
import { lookup } from '../../cilium/policy/map/verdict.ts';
import { resolve, selectsSubject } from '../../cilium/policy/resolve.ts';
import type { Direction, PortRange, Protocol, Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { pausing } from '../facts/pausing.ts';
import type { End } from '../facts/flow-ends.ts';
import { presentWith, selectionsAmong, type Present } from '../facts/two-ends.ts';

const RULES_PER_PAUSE = 256;
/** They are put together in one go. */
const MOST_ABOUT = 1000;

export interface AskedFlow {
  readonly direction: Direction;
  /** The end that the policy is about. */
  readonly subject: End;
  readonly peer: End;
  readonly protocol: Protocol;
  /** For ICMP the type. */
  readonly port: number;
}

/** `none`: no rule is about it, so that default deny drops it. `too-many` are. */
export type RuleVerdict = 'allow' | 'deny' | 'none' | 'unknown' | 'too-many';

export function* verdictOf(rules: readonly Rule[], flow: AskedFlow, view: ClusterView): Generator<Pause, RuleVerdict> {
  const { direction, subject, peer, protocol, port } = flow;
  const present = presentWith(peer, view.settings);
  const applying = yield* rulesAbout(rules, flow, present);
  // Nothing is said of it, and something else of the policy enforces the direction.
  if (applying.length === 0) return 'none';
  if (applying.length > MOST_ABOUT) return 'too-many';
  const resolved = resolve(applying, { labels: subject.labels, identity: subject.identity }, view.settings);
  if (!resolved.ok || !resolved.value[direction].enforced) return 'unknown';
  const map = yield* pausing(
    mapStateSteps(resolved.value, {
      context: view.settings,
      namedPorts: view.namedPortsFor(NO_PORTS),
      selections: selectionsAmong(present),
    }),
  );
  const { verdict } = lookup(map, { direction, identity: peer.identity, protocol, port });
  return verdict === 'undecided' ? 'unknown' : verdict;
}

function* rulesAbout(
  rules: readonly Rule[],
  flow: AskedFlow,
  present: readonly Present[],
): Generator<Pause, readonly Rule[]> {
  const { labels, identity } = flow.subject;
  const about: Rule[] = [];
  for (const [index, rule] of rules.entries()) {
    if (index % RULES_PER_PAUSE === RULES_PER_PAUSE - 1) yield PAUSE;
    if (rule.direction !== flow.direction || !isAboutPort(rule, flow) || !isAboutPeer(rule, present)) continue;
    if (selectsSubject(rule, { labels, identity })) about.push({ ...rule, defaultDeny: true });
  }
  return about;
}

/** Port names are looked up as no number. */
function isAboutPort({ ports }: Rule, { protocol, port }: AskedFlow): boolean {
  if (ports.kind === 'any') return true;
  const hasNames = (ports.names ?? []).length > 0;
  return (
    hasNames || ports.items.some((range) => range.protocol === protocol && (range.first === 0 || isIn(port, range)))
  );
}

function isIn(port: number, { first, last }: PortRange): boolean {
  return first <= port && port <= last;
}

function isAboutPeer({ peers }: Rule, present: readonly Present[]): boolean {
  if (peers.kind !== 'list') return peers.kind === 'any';
  const isTaken = (selector: EndpointSelector): boolean =>
    isWildcard(selector) || present.some(({ labels }) => matches(selector, labels));
  return peers.items.some(({ selectors }) => selectors.some(isTaken));
}
