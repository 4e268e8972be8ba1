/**
 * One end of a flow: what the policy of that endpoint says, and which of its rules are about the flow.
 *
 * Cost: the policy map of the endpoint, in one go.
 */
import type { LabelArray } from '../cilium/identity/label.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import { rulesAbout, type RuleAbout } from '../cilium/policy/map/rules-about.ts';
import { lookup, type PeerFlow, type Verdict as Found } from '../cilium/policy/map/verdict.ts';
import { isUnpoliced } from '../cilium/policy/resolve.ts';
import { listedSelectors, type Direction } from '../cilium/policy/rule.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import { identityOfAddress, type NodeLayer } from '../cluster/identities/node-layer.ts';
import type { PolicyClass } from '../cluster/policy-class.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Endpoint, FlowPlace, SideFlow } from './flow-place.ts';
import { disagreement } from './flow-replay.ts';
import type { FlowSide } from './explanations.ts';

type Verdict = FlowSide['verdict'];

export interface Side {
  readonly shown: FlowSide;
  /** It depends on what agents have learned of DNS names. */
  readonly isEstimate: boolean;
  /** What this end takes an address or a host at the other end for: where the API server is, a host has its label too. */
  readonly taken?: LabelArray;
}

export function sideOf(flow: SideFlow, view: ClusterView): Side {
  const { subject, direction } = flow;
  if (subject.kind === 'address') return unpolicedEnd(direction);
  if (!subject.policed) {
    const isNode = subject.labels.some(({ source, key }) => source === 'reserved' && NODE_KEYS.has(key));
    if (isNode && view.settings.config.hostFirewall) return side('unknown', 'hosts have policies here, each its own');
    return unpolicedEnd(direction);
  }
  if (isUnpoliced(subject, view.settings)) return side('allow', 'no policy is enforced at such an endpoint');
  const own = subject.node === undefined ? view : view.seenFrom(subject.node);
  const policyClass = own.classOf(subject.labels, subject.identity, subject.ports);
  const gap = gapIn(policyClass);
  return gap === undefined ? decided(flow, { subject, policyClass, view: own }) : side('unknown', gap);
}

const NODE_KEYS: ReadonlySet<string> = new Set(['host', 'remote-node']);

function unpolicedEnd(direction: Direction): Side {
  const end = direction === 'egress' ? 'source' : 'destination';
  return side('allow', `the ${end} is no endpoint that this cluster has a policy for`);
}

function side(verdict: Verdict, reason: string): Side {
  return { isEstimate: false, shown: { verdict, reason, allows: [], denies: [] } };
}

function gapIn({ conflict, uncounted, unsupported }: PolicyClass): string | undefined {
  if (conflict !== undefined) {
    const exclude =
      conflict.byChance === true
        ? 'rules may exclude each other, by the order in which agents take them'
        : 'rules exclude each other';
    return `${exclude}, so that agents keep the map they had: ${conflict.reason}`;
  }
  if (uncounted !== undefined) return `its rules ask for more than anybody counts: ${uncounted}`;
  const [part] = unsupported;
  return part === undefined ? undefined : `the model does not cover ${part.feature}, which a rule for it has`;
}

interface Policed {
  readonly subject: Endpoint;
  readonly policyClass: PolicyClass;
  readonly view: ClusterView;
}

function decided(flow: SideFlow, { subject, policyClass, view }: Policed): Side {
  const { direction, peer, asked } = flow;
  const { policy, rules } = policyClass;
  if (!policy[direction].enforced)
    return side('allow', 'no rule selects it in this direction, so that everything is allowed');
  const agent = runToEnd(view.agentIdentitiesSteps(policy));
  const identity = identityOf(peer, agent.nodes);
  if (identity === undefined) return side('unknown', 'the address at the other end cannot be read');
  const peerFlow: PeerFlow = { direction, identity, protocol: asked.protocol, port: asked.port };
  const found = lookup(view.policyMap(policyClass), peerFlow);
  const namedPorts = view.namedPortsFor(policyClass.ownPorts);
  const about = rulesAbout(rules, peerFlow, { ...agent, context: view.settings, namedPorts });
  const verdict = verdictFrom(found.verdict);
  const taken = agent.nodes.labelsOf(identity);
  const bug = disagreement(verdict, { ...flow, subject, labels: taken ?? labelsOf(peer) }, view);
  if (bug !== undefined) return side('unknown', bug);
  const refs = refsOf(about);
  const isEstimate = peer.kind === 'address' && asksForNames(policyClass, direction) && refs.denies.length === 0;
  const reason = `${reasonFor(found, about)}${isEstimate ? LEARNED : ''}`;
  return { shown: { verdict, reason, ...refs }, isEstimate, ...(taken === undefined ? {} : { taken }) };
}

const LEARNED = '; which addresses have its DNS names is what agents learn';

function verdictFrom(verdict: Found['verdict']): Verdict {
  switch (verdict) {
    case 'allow':
    case 'deny':
      return verdict;
    case 'none':
      return 'deny';
    case 'undecided':
      return 'unknown';
  }
}

function reasonFor({ verdict, entry }: Found, about: readonly RuleAbout[]): string {
  switch (verdict) {
    case 'none':
      return 'no rule allows it, and what no rule allows is dropped';
    case 'undecided':
      return 'two rules share a key of the map, and which of them is kept is left to chance';
    case 'deny':
      return 'a rule denies it';
    case 'allow': {
      if (entry?.origins.length === 0) return 'Cilium allows it by itself';
      const isAsked = about.some(({ rule }) => rule.verdict === 'allow' && rule.authentication === 'required');
      const proxied = entry?.effect === 'redirect' ? ', through the proxy' : '';
      return `a rule allows it${proxied}${isAsked ? ', once both ends have authenticated' : ''}`;
    }
  }
}

function refsOf(about: readonly RuleAbout[]): Pick<FlowSide, 'allows' | 'denies'> {
  const saying = (verdict: 'allow' | 'deny') =>
    about.filter(({ rule }) => rule.verdict === verdict).map(({ ref }) => ref);
  return { allows: saying('allow'), denies: saying('deny') };
}

/** Which addresses a name has is what agents learn. */
function asksForNames({ rules }: PolicyClass, direction: Direction): boolean {
  return rules.some(
    (rule) => rule.direction === direction && listedSelectors(rule.peers).some(({ origin }) => origin === 'fqdn'),
  );
}

function labelsOf(peer: FlowPlace): LabelArray {
  return peer.kind === 'endpoint' ? peer.labels : [];
}

function identityOf(peer: FlowPlace, nodes: NodeLayer): NumericIdentity | undefined {
  return peer.kind === 'endpoint' ? peer.identity : identityOfAddress(nodes, peer.address);
}
