/**
 * Who could be at the ends of a flow that shows a finding: pods of the author's own, made-up pods with the labels that a selector
 * asks for, and an address outside of the cluster.
 *
 * Nothing of another tenant's gets in: what is made up comes from the policy itself.
 * Cost: O(identities that the rule selects), up to a bound, once for each subject of a policy.
 */
import { LOCAL_SCOPE_BASE, identityBits, reservedIdentities } from '../../cilium/identity/numeric-identity.ts';
import { labelArray, labelOf, reservedLabel, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { CLUSTER_KEY, POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { universeFacts, type UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { uncoveredProduct } from '../../cilium/policy/containment/product.ts';
import { cidrLabelKey, parseAddress, worldLabel } from '../../cilium/policy/prefixes/cidr.ts';
import { HOST_IDENTITY } from '../../cilium/policy/resolve.ts';
import { ANY_PROTOCOL, type Rule } from '../../cilium/policy/rule.ts';
import { matches, WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { provisionalIdentity } from '../../cluster/identities/identity-layer.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { FlowEnd } from '../check.ts';

export interface End {
  readonly end: FlowEnd;
  /** As the datapath knows it. */
  readonly identity: number;
  readonly labels: LabelArray;
}

/** For documentation (RFC 5737, RFC 3849), so that nobody is there. */
const OUTSIDE = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;
const ANY_NAMESPACE = 'default';
const MOST_IDENTITIES = 500;
const EVERY_PACKET = { protocol: ANY_PROTOCOL, first: 0, last: 0 } as const;

export class FlowEnds {
  readonly #view: ClusterView;
  readonly #facts: UniverseFacts;
  readonly #subjects = new Map<string, End>();

  constructor(view: ClusterView) {
    const { filter } = view.settings;
    this.#view = view;
    this.#facts = universeFacts(view.settings, (label) => filter.kind !== 'known' || filter.filter.keeps(label));
  }

  /** An endpoint that the rule selects; undefined where there can be none. */
  subjectOf(rule: Rule): End | undefined {
    if (rule.subjectKind === 'host') return reservedEnd('host', HOST_IDENTITY);
    const known = this.#subjects.get(rule.subject.key);
    if (known !== undefined) return known;
    const end = this.#ownPod(rule) ?? this.#madeUpSubject(rule);
    if (end !== undefined) this.#subjects.set(rule.subject.key, end);
    return end;
  }

  /** Something that the selector takes; undefined where nothing can be, or it was not found out. */
  peerOf(selector: EndpointSelector, rule: Rule): End | undefined {
    const found = uncoveredProduct({ subject: rule.subject, peer: selector, ports: EVERY_PACKET }, [], this.#facts);
    if (found.kind !== 'uncovered') return undefined;
    const { peer } = found.witness;
    if (peer.kind === 'address') return this.#address(peer.ip, peer.labels);
    if (peer.kind === 'pod') return this.podWith(peer.labels);
    return { end: { kind: 'endpoint', labels: peer.labels }, identity: peer.id, labels: peer.labels };
  }

  /** Whether no endpoint can ever be such a subject. */
  isImpossible(subject: EndpointSelector): boolean {
    return uncoveredProduct({ subject, peer: WILDCARD, ports: EVERY_PACKET }, [], this.#facts).kind === 'covered';
  }

  /** An address that no policy is about. */
  outside(): End {
    const { settings } = this.#view;
    const family = settings.config.ipv4 ? 4 : 6;
    const label = worldLabel(family, settings);
    const world = reservedIdentities(settings.profile).find(({ name }) => name === label.key);
    const labels = labelArray([label]);
    return { end: { kind: 'address', address: OUTSIDE[family] }, identity: world?.id ?? 0, labels };
  }

  /** A pod of this cluster that nobody knows yet. */
  podWith(labels: LabelArray): End {
    const identity = provisionalIdentity(0, identityBits(this.#view.settings.config));
    return { end: { kind: 'endpoint', labels }, identity, labels };
  }

  /** A pod of this cluster with these labels, in the namespace of the rule where they name none. */
  somePod({ ref }: Rule, labels: readonly Label[] = []): End {
    return this.podWith(podLabels(ref.object.namespace ?? ANY_NAMESPACE, labels, this.#view.settings));
  }

  #address(address: string, labels: LabelArray): End {
    const prefix = parseAddress(address);
    const cidr = prefix === undefined ? [] : [{ source: 'cidr', key: cidrLabelKey(prefix), value: '' }];
    const all = labelArray([...labels, ...cidr]);
    const own = labels.filter(({ source }) => source !== 'reserved');
    const end: FlowEnd = { kind: 'address', address, ...(own.length === 0 ? {} : { labels: own }) };
    return { end, identity: LOCAL_SCOPE_BASE, labels: all };
  }

  /** The first by name. A label with key `host` takes a pod out of policy in some versions. */
  #ownPod(rule: Rule): End | undefined {
    let first: { readonly pod: string; readonly identity: number; readonly labels: LabelArray } | undefined;
    let seen = 0;
    for (const identity of rule.ref.object.namespace === undefined ? [] : this.#view.subjects(rule)) {
      if (++seen > MOST_IDENTITIES) break;
      const labels = this.#view.labelsOf(identity);
      if (labels === undefined || labelOf(labels, 'host') !== undefined) continue;
      for (const { namespace, name } of this.#view.podsWith(identity)) {
        const pod = `${namespace}/${name}`;
        if (first === undefined || pod < first.pod) first = { pod, identity, labels };
      }
    }
    if (first === undefined) return undefined;
    const { pod, identity, labels } = first;
    return { end: { kind: 'endpoint', labels, pod }, identity, labels };
  }

  #madeUpSubject({ subject }: Rule): End | undefined {
    const found = uncoveredProduct({ subject, peer: WILDCARD, ports: EVERY_PACKET }, [], this.#facts);
    if (found.kind !== 'uncovered' || !matches(subject, found.witness.subject)) return undefined;
    return this.podWith(found.witness.subject);
  }
}

function reservedEnd(name: string, identity: number): End {
  const labels = labelArray([reservedLabel(name)]);
  return { end: { kind: 'endpoint', labels }, identity, labels };
}

function podLabels(namespace: string, labels: readonly Label[], { config }: Settings): LabelArray {
  const own = [
    { source: 'k8s', key: POD_NAMESPACE_KEY, value: namespace },
    { source: 'k8s', key: CLUSTER_KEY, value: config.clusterName },
  ];
  const keys = new Set(labels.map(({ key }) => key));
  return labelArray([...own.filter(({ key }) => !keys.has(key)), ...labels]);
}
