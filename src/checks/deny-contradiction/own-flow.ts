/**
 * The flow that shows a dead allow: its own pods where there are any, made-up labels from its own selectors where not.
 *
 * Nothing of another tenant's gets in: a peer in a namespace of somebody else is what the selector says, not what is there.
 * Cost: O(identities that the rule selects), once for each subject, and O(namespaces + identities of the tenant), once for each
 * peer of a policy.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import type { PeerWitness } from '../../cilium/policy/containment/answer.ts';
import type { FlowWitness } from '../../cilium/policy/containment/product.ts';
import { SCTP, TCP, UDP } from '../../cilium/policy/rule.ts';
import { matches } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { Flow, FlowEnd } from '../check.ts';
import { ownNamespaces } from '../facts/own-namespaces.ts';
import type { Unit } from './units.ts';

/** For the units of one policy. */
export class OwnFlows {
  readonly #view: ClusterView;
  readonly #subjects = new Map<string, { readonly end: FlowEnd | undefined }>();
  readonly #peers = new Map<string, { readonly end: FlowEnd | undefined }>();

  constructor(view: ClusterView) {
    this.#view = view;
  }

  of(unit: Unit, example: FlowWitness): Flow {
    const { direction } = unit.rule;
    const subject = this.#subject(unit) ?? { kind: 'endpoint', labels: example.subject };
    const peer = (example.peer.kind === 'pod' ? this.#peer(unit) : undefined) ?? peerEnd(example.peer);
    const [source, destination] = direction === 'ingress' ? [peer, subject] : [subject, peer];
    return { direction, source, destination, protocol: example.protocol, port: portOf(example) };
  }

  #subject(unit: Unit): FlowEnd | undefined {
    const { subject } = unit.rule;
    const isOwned = (namespace: string): boolean => namespace === homeOf(unit);
    const find = () => ({ end: ownPod(this.#view.subjects(unit.rule), isOwned, this.#view) });
    return getOrMake(this.#subjects, subject.key, find).end;
  }

  #peer(unit: Unit): FlowEnd | undefined {
    const key = JSON.stringify(unit.selectors.map((selector) => selector.key));
    return getOrMake(this.#peers, key, () => ({ end: ownPeer(unit, this.#view) })).end;
  }
}

/** All ports of a dead unit are taken, so that a packet without one need not be the witness. */
const ANY_PORT = 80;

function portOf({ protocol, port }: FlowWitness): number {
  return port === 0 && (protocol === TCP || protocol === UDP || protocol === SCTP) ? ANY_PORT : port;
}

function peerEnd(peer: PeerWitness): FlowEnd {
  if (peer.kind !== 'address') return { kind: 'endpoint', labels: peer.labels };
  const labels = peer.labels.filter(({ key }) => !WORLD_KEYS.has(key));
  return { kind: 'address', address: peer.ip, ...(labels.length === 0 ? {} : { labels }) };
}

const WORLD_KEYS: ReadonlySet<string> = new Set(['world', 'world-ipv4', 'world-ipv6']);

/** A pod of the same namespace, else one of another namespace of the tenant. */
function ownPeer(unit: Unit, view: ClusterView): FlowEnd | undefined {
  const home = homeOf(unit);
  if (home === undefined) return undefined;
  const isOwned = ownNamespaces(home, view);
  const selected = function* (names: Iterable<string>): Iterable<NumericIdentity> {
    for (const name of names) yield* selectedIn(name, unit, view);
  };
  const others = [...view.namespaces()].map(({ name }) => name).filter((name) => name !== home && isOwned(name));
  return ownPod(selected([home]), isOwned, view) ?? ownPod(selected(others), isOwned, view);
}

function* selectedIn(namespace: string, { selectors }: Unit, view: ClusterView): Iterable<NumericIdentity> {
  for (const identity of view.identitiesIn(namespace)) {
    const labels = view.labelsOf(identity);
    if (labels !== undefined && selectors.some((selector) => matches(selector, labels))) yield identity;
  }
}

function homeOf({ rule }: Unit): string | undefined {
  return rule.ref.object.namespace;
}

/** The first pod by name, of any of these identities. A label with key `host` takes a pod out of policy in some versions. */
function ownPod(
  identities: Iterable<NumericIdentity>,
  isOwned: (namespace: string) => boolean,
  view: ClusterView,
): FlowEnd | undefined {
  let first: { readonly labels: LabelArray; readonly pod: string } | undefined;
  for (const identity of identities) {
    const labels = view.labelsOf(identity);
    if (labels === undefined || labelOf(labels, 'host') !== undefined) continue;
    for (const { namespace, name } of view.podsWith(identity)) {
      const pod = `${namespace}/${name}`;
      if (isOwned(namespace) && (first === undefined || pod < first.pod)) first = { labels, pod };
    }
  }
  return first === undefined ? undefined : { kind: 'endpoint', ...first };
}
