/**
 * The identities that an agent knows which enforces a policy: those of the cluster, those that every agent knows, and what the
 * DNS names of the policy bring about on its node.
 *
 * Names are looked after on the nodes of the endpoints whose policy asks for them (pkg/fqdn/namemanager). Which other endpoints
 * a node has is not known, so that those of one policy alone are counted: there are never fewer. Of several agents whose answers
 * are known the one counts that knows most identities by these names.
 * Cost: without names none; with names O(names x agents + patterns x answers of all agents), in steps.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import {
  idleIdentities,
  learnedAddresses,
  registeredNames,
  type DNSAnswers,
} from '../../cilium/policy/prefixes/fqdn.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { SelectorPolicy } from '../../cilium/policy/resolve.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentityLayer } from './identity-layer.ts';
import type { NodeLayer } from './node-layer.ts';
import { nameOverlay } from './node-overlay.ts';
import { selectionsOf, selectionsSteps } from './selections.ts';

/** By the name of the agent. */
export type DNSCaches = ReadonlyMap<string, DNSAnswers>;

export interface AgentIdentities {
  /** All but those of the cluster. */
  readonly nodes: NodeLayer;
  readonly selections: (selector: EndpointSelector) => IdentitySet;
  /** The same. Yields where the caller may pause. */
  readonly selectionsSteps: (selector: EndpointSelector) => Generator<undefined, IdentitySet>;
}

export interface KnownIdentities {
  readonly identities: IdentityLayer;
  /** What every agent knows. */
  readonly nodes: NodeLayer;
  readonly dnsCaches: DNSCaches;
}

/** Yields where the caller may pause. */
export function* agentIdentitiesSteps(
  policy: SelectorPolicy,
  known: KnownIdentities,
): Generator<undefined, AgentIdentities> {
  const names = registeredNames(policy);
  const nodes = names.length === 0 ? known.nodes : yield* nodesWithNames(names, known);
  const { identities } = known;
  return {
    nodes,
    selections: (selector) => selectionsOf(identities, nodes, selector),
    selectionsSteps: (selector) => selectionsSteps(identities, nodes, selector),
  };
}

/** The node of an agent, with how many addresses it has learned by the names. */
interface NodeWithNames {
  readonly nodes: NodeLayer;
  readonly addresses: number;
}

const NO_ANSWERS: DNSAnswers = new Map();

function* nodesWithNames(names: readonly string[], known: KnownIdentities): Generator<undefined, NodeLayer> {
  let richest = yield* withAnswers(names, NO_ANSWERS, known.nodes);
  for (const [, answers] of [...known.dnsCaches].sort(([a], [b]) => compareBytes(a, b))) {
    const node = yield* withAnswers(names, answers, known.nodes);
    if (isRicher(node, richest)) richest = node;
  }
  return richest.nodes;
}

function isRicher(a: NodeWithNames, b: NodeWithNames): boolean {
  const more = a.nodes.added.size - b.nodes.added.size;
  return more > 0 || (more === 0 && a.addresses > b.addresses);
}

function* withAnswers(
  names: readonly string[],
  answers: DNSAnswers,
  below: NodeLayer,
): Generator<undefined, NodeWithNames> {
  const { settings } = below;
  const learned = yield* learnedAddresses(names, answers, settings.profile);
  const nodes = yield* nameOverlay(below, idleIdentities(names, settings), learned);
  return { nodes, addresses: learned.size };
}
