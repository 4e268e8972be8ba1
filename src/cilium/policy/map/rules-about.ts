/**
 * The rules of an endpoint that are about one flow, whatever comes of them: what allows it and what denies it.
 *
 * A policy map keeps only what decides: an allow that a deny beats is gone from it. A peer item is about a flow if its selector
 * selects the peer's identity, or the wildcard identity that the datapath asks besides.
 * Cost: O(peer items + ports of the rules).
 */
import { holds } from '../../identity/identity-set.ts';
import type { RuleRef } from '../../objects.ts';
import { takes } from '../containment/ports.ts';
import type { PolicyContext } from '../context.ts';
import type { NamedPort, Peer, Ports, Rule } from '../rule.ts';
import { isWildcard, type EndpointSelector } from '../selector.ts';
import { wildcardFor } from './aggregates.ts';
import type { NamedPorts, Selections } from './contributions.ts';
import type { PeerFlow } from './verdict.ts';

export interface RuleAbout {
  readonly rule: Rule;
  /** The peer item; the rule where it names none. */
  readonly ref: RuleRef;
}

export interface RuleInputs extends Selections {
  readonly context: PolicyContext;
  readonly namedPorts: NamedPorts;
}

/** `rules`: those that select the endpoint. */
export function rulesAbout(rules: readonly Rule[], flow: PeerFlow, inputs: RuleInputs): readonly RuleAbout[] {
  return rules
    .filter((rule) => rule.direction === flow.direction && takes(numbered(rule, flow, inputs), flow))
    .flatMap((rule) => refsAbout(rule, flow, inputs).map((ref) => ({ rule, ref })));
}

function refsAbout({ peers, ref }: Rule, flow: PeerFlow, inputs: RuleInputs): readonly RuleRef[] {
  switch (peers.kind) {
    case 'none':
      return [];
    case 'any':
      return [ref];
    case 'list':
      return peers.items.filter((item) => isAbout(item, flow, inputs)).map((item) => item.ref);
  }
}

function isAbout({ selectors }: Peer, { identity }: PeerFlow, inputs: RuleInputs): boolean {
  const asked = [identity, wildcardFor(identity, inputs.context)];
  const selects = (selector: EndpointSelector): boolean => {
    if (isWildcard(selector)) return true;
    const selected = inputs.selections(selector);
    return asked.some((id) => holds(selected, id));
  };
  return selectors.some(selects);
}

/** Names of ports as the numbers that they stand for here. */
function numbered({ ports, direction }: Rule, { identity }: PeerFlow, inputs: RuleInputs): Ports {
  if (ports.kind === 'any' || ports.names === undefined) return ports;
  const { namedPorts, context } = inputs;
  const numberOf = ({ name, protocol }: NamedPort): number | undefined => {
    if (direction === 'ingress') return namedPorts.ingress(name, protocol);
    if (context.profile.egressNamedPorts === 'identity') return namedPorts.portOf(identity, name, protocol);
    return namedPorts.egress(name, protocol);
  };
  const named = ports.names.flatMap((name) => {
    const port = numberOf(name);
    return port === undefined ? [] : [{ protocol: name.protocol, first: port, last: port, ref: name.ref }];
  });
  return { kind: 'list', items: [...ports.items, ...named] };
}
