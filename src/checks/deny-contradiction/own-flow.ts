/**
 * The flow that shows a dead allow: its own pods where there are any, made-up labels from its own selectors where not.
 *
 * Nothing of another tenant's gets in: a peer in another namespace is what the selector says, not what is there.
 * Cost: O(identities that the rule selects), once for each subject and each peer of a policy.
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
    const find = () => ({ end: ownPod(this.#view.subjects(unit.rule), unit, this.#view) });
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

function ownPeer(unit: Unit, view: ClusterView): FlowEnd | undefined {
  const namespace = unit.rule.ref.object.namespace;
  if (namespace === undefined) return undefined;
  const selected = [...view.identitiesIn(namespace)].filter((identity) => {
    const labels = view.labelsOf(identity);
    return labels !== undefined && unit.selectors.some((selector) => matches(selector, labels));
  });
  return ownPod(selected, unit, view);
}

/** The first pod by name, of any of these identities. A label with key `host` takes a pod out of policy in some versions. */
function ownPod(identities: Iterable<NumericIdentity>, unit: Unit, view: ClusterView): FlowEnd | undefined {
  let first: { readonly labels: LabelArray; readonly pod: string } | undefined;
  for (const identity of identities) {
    const labels = view.labelsOf(identity);
    if (labels === undefined || labelOf(labels, 'host') !== undefined) continue;
    for (const { namespace, name } of view.podsWith(identity)) {
      const pod = `${namespace}/${name}`;
      const isOwn = namespace === unit.rule.ref.object.namespace;
      if (isOwn && (first === undefined || pod < first.pod)) first = { labels, pod };
    }
  }
  return first === undefined ? undefined : { kind: 'endpoint', ...first };
}
