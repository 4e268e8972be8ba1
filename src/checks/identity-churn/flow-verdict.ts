/**
 * What becomes of a flow in a view: each end that is the tenant's own, by the policy map of its class and the look-up of the
 * datapath; either end can drop it.
 *
 * The map is made for the two ends alone: entries of one identity meet only those of its own and of its wildcard, so that no other
 * identity could change the answer. Ends that are not the tenant's own are not asked: what their policies say is nobody else's
 * to read about. What is not certain is `unknown`.
 * Cost: the rules of the classes of the ends, in steps, and no more of them than the budget.
 */
import type { Budget } from '../../cilium/budget.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import { mapStateSteps } from '../../cilium/policy/map/map-state.ts';
import { lookup } from '../../cilium/policy/map/verdict.ts';
import { isUnpoliced } from '../../cilium/policy/resolve.ts';
import { listedSelectors, type Direction } from '../../cilium/policy/rule.ts';
import { identityOfAddress } from '../../cluster/identities/node-layer.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { FlowPort } from '../facts/example-flow.ts';
import { pausing } from '../facts/pausing.ts';
import { presentWith, selectionsAmong, type Present } from '../facts/two-ends.ts';

/** `other`: an endpoint that is not the tenant's own, or that nobody has yet. */
export type Party =
  | {
      readonly kind: 'own';
      readonly labels: LabelArray;
      readonly identity: NumericIdentity;
      readonly ports: NamedPortMap;
    }
  | { readonly kind: 'other'; readonly labels: LabelArray; readonly identity: NumericIdentity }
  | { readonly kind: 'address'; readonly address: string };

export type Verdict = 'allow' | 'deny' | 'unknown';

export interface JudgedFlow {
  readonly source: Party;
  readonly destination: Party;
  readonly packet: FlowPort;
}

/** At each end; an end that is not asked lets it through. */
export type Verdicts = Readonly<Record<Direction, Verdict>>;

export function* verdictsOf(
  { source, destination, packet }: JudgedFlow,
  view: ClusterView,
  budget: Budget,
): Generator<Pause, Verdicts> {
  const egress = yield* verdictAt({ direction: 'egress', subject: source, peer: destination, packet }, view, budget);
  const ingress = yield* verdictAt({ direction: 'ingress', subject: destination, peer: source, packet }, view, budget);
  return { egress, ingress };
}

export function together({ egress, ingress }: Verdicts): Verdict {
  if (egress === 'deny' || ingress === 'deny') return 'deny';
  return egress === 'unknown' || ingress === 'unknown' ? 'unknown' : 'allow';
}

interface Side {
  readonly direction: Direction;
  readonly subject: Party;
  readonly peer: Party;
  readonly packet: FlowPort;
}

function* verdictAt(side: Side, view: ClusterView, budget: Budget): Generator<Pause, Verdict> {
  const { direction, subject, peer, packet } = side;
  if (subject.kind !== 'own') return 'allow';
  if (isUnpoliced(subject, view.settings)) return 'allow';
  yield PAUSE;
  const policyClass = view.classOf(subject.labels, undefined, subject.ports);
  const { policy, rules, ownPorts } = policyClass;
  if (!isKnown(policyClass) || !budget.spend(sizeOf(rules))) return 'unknown';
  if (!policy[direction].enforced) return 'allow';
  if (leavesOpen(side, policyClass)) return 'unknown';
  const known = yield* knownAs(peer, policyClass, view);
  if (known === undefined) return 'unknown';
  const selections = selectionsAmong(presentWith(known, view.settings));
  const namedPorts = view.namedPortsFor(ownPorts);
  const map = yield* pausing(mapStateSteps(policy, { context: view.settings, namedPorts, selections }));
  return verdictFrom(lookup(map, { direction, identity: known.identity, ...packet }).verdict);
}

/** Each peer of a rule is work of its own. */
function sizeOf(rules: PolicyClass['rules']): number {
  return rules.reduce((sum, { peers }) => sum + 1 + (peers.kind === 'list' ? peers.items.length : 0), 1);
}

function isKnown({ conflict, uncounted, unsupported }: PolicyClass): boolean {
  return conflict === undefined && uncounted === undefined && unsupported.length === 0;
}

/** Which addresses have a DNS name, and which ports an endpoint names that nobody has yet, is not known. */
function leavesOpen({ direction, peer }: Side, { rules }: PolicyClass): boolean {
  const about = rules.filter((rule) => rule.direction === direction);
  if (peer.kind === 'address')
    return about.some(({ peers }) => listedSelectors(peers).some(({ origin }) => origin === 'fqdn'));
  const namesPorts = about.some(({ ports }) => ports.kind === 'list' && (ports.names ?? []).length > 0);
  return peer.kind === 'other' && direction === 'egress' && namesPorts;
}

/** What an agent that enforces this policy takes the other end for. */
function* knownAs(peer: Party, { policy }: PolicyClass, view: ClusterView): Generator<Pause, Present | undefined> {
  if (peer.kind !== 'address') return peer;
  const { nodes } = yield* pausing(view.agentIdentitiesSteps(policy));
  const identity = identityOfAddress(nodes, peer.address);
  return identity === undefined ? undefined : { identity, labels: nodes.labelsOf(identity) ?? [] };
}

function verdictFrom(found: ReturnType<typeof lookup>['verdict']): Verdict {
  switch (found) {
    case 'allow':
    case 'deny':
      return found;
    case 'none':
      return 'deny';
    case 'undecided':
      return 'unknown';
  }
}
