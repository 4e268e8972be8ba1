/**
 * A rule that agents read otherwise than it is written, before somebody has looked whether that makes a difference.
 *
 * A pitfall says how the rule would have to be read, and flows by which the two readings may differ; what they come to in this
 * version is for the policy map to say (shown-misreading.ts). So a pitfall is never found where Cilium does what is written.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { Protocol, Rule } from '../../cilium/policy/rule.ts';
import { WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Fix, Pause } from '../check.ts';
import type { MisreadingId, MisreadingReasons } from '../facts/findings/policy-pitfalls.ts';
import type { Element } from './element.ts';
import type { End, FlowEnds } from '../facts/flow-ends.ts';
import type { PodPrefixes } from './pod-prefixes.ts';

/** A flow of the rule's direction, to or from one of its subjects. */
export interface CandidateFlow {
  readonly peer: End | undefined;
  readonly protocol: Protocol;
  readonly port: number;
}

interface MisreadingOf<Id extends MisreadingId> {
  readonly id: Id;
  readonly reason: MisreadingReasons[Id];
  /** Where the author looks for it. */
  readonly field: FieldPath;
  /** The rule as it is written. */
  readonly meant: Rule;
  readonly flows: readonly CandidateFlow[];
  /** What tells it apart from others in its rule. */
  readonly content: string;
  readonly fixes: readonly Fix[];
}

export type Misreading = { readonly [Id in MisreadingId]: MisreadingOf<Id> }[MisreadingId];

export interface Ground {
  readonly settings: Settings;
  readonly ends: FlowEnds;
  readonly podPrefixes: PodPrefixes;
}

/** What one pitfall finds in an element. */
export type MisreadingsIn = (element: Element, ground: Ground) => Iterable<Misreading | Pause>;

/** The rule, about nobody: of it only default deny is left. */
export function aboutNobody(rule: Rule): Rule {
  return { ...rule, peers: { kind: 'none' } };
}

/** The rule, about everybody on its ports. */
export function aboutEverybody(rule: Rule): Rule {
  return { ...rule, peers: { kind: 'list', items: [{ selectors: [WILDCARD], ref: rule.ref }] } };
}

/** The rule with other selectors in the place of those of one peer item; none: without it. */
export function withPeer(rule: Rule, field: FieldPath, selectors: readonly EndpointSelector[]): Rule {
  if (rule.peers.kind !== 'list') return rule;
  const items = rule.peers.items.map((item) => (item.ref.field === field ? { ...item, selectors } : item));
  return { ...rule, peers: { kind: 'list', items: items.filter((item) => item.selectors.length > 0) } };
}

/** The rule without what it says of ports at one place. */
export function withoutPortAt(rule: Rule, field: FieldPath): Rule {
  if (rule.ports.kind === 'any') return rule;
  return { ...rule, ports: { ...rule.ports, items: rule.ports.items.filter(({ ref }) => ref.field !== field) } };
}

/** An empty rule does no more than switch default deny on. */
export function emptyRuleInstead(rule: Rule): Fix {
  const { field } = rule.ref;
  const text = `replace ${field} by an empty rule, which ${rule.verdict === 'deny' ? 'denies' : 'allows'} nothing`;
  return { kind: 'patch', patch: [{ op: 'replace', path: pointerTo(field), value: {} }], text };
}
