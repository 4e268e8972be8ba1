/**
 * What the author of a clusterwide policy is told of the allows that it kills: how many, of whom, and one of them.
 *
 * Advice, whatever they are: denies are for safety. Its reader may read every policy, so that it names them.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef, refOf, type PolicyObject } from '../../cilium/objects.ts';
import type { FindingOf, Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { factsOf } from './assess.ts';
import { DenyIndex } from './denies.ts';
import { killedBy, type Killed, type KilledUnit } from './killed.ts';
import { OwnFlows } from './own-flow.ts';

const MOST_NAMESPACES = 100;

/** `policy`: as it would be stored. Where identities are not known nothing is proved. */
export function* killsAllows(
  policy: PolicyObject,
  { before, after: view }: ChangeContext,
): Generator<Pause, FindingOf<'kills-allows'> | undefined> {
  const { filter, config } = view.settings;
  if (filter.kind !== 'known' || config.enforcement === 'never') return undefined;
  const facts = factsOf(view.settings, filter.filter);
  const indexes = { before: new DenyIndex(before), after: new DenyIndex(view) };
  const killed = yield* killedBy({ policy: refOf(policy), ...indexes, view, facts });
  if (killed.example === undefined) return undefined;
  const flow = new OwnFlows(view).of(killed.example.unit, killed.example.proof.example);
  return { ...findingOf(policy, killed, killed.example), witness: flow };
}

function findingOf(policy: PolicyObject, killed: Killed, { unit }: KilledUnit): FindingOf<'kills-allows'> {
  const [cause] = killed.causes;
  const example = { object: unit.rule.ref.object, field: unit.field };
  return {
    id: 'kills-allows',
    severity: 'advice',
    // What is not proved dead, or is not modelled, may be dead all the same.
    certainty: 'lower-bound',
    subject: refOf(policy),
    audience: 'author',
    ...(cause === undefined ? {} : { field: cause.ref.field }),
    facts: factsAbout(killed, formatRuleRef(example)),
    details: { example },
    causes: killed.causes.map(({ ref }) => ref),
    proposals: [],
  };
}

function factsAbout({ byNamespace, policies }: Killed, example: string): FindingOf<'kills-allows'>['facts'] {
  const counted = [...byNamespace].sort(([a, x], [b, y]) => y - x || compareBytes(a, b));
  return {
    allows: counted.reduce((sum, [, allows]) => sum + allows, 0),
    policies,
    namespaces: counted.length,
    perNamespace: counted.slice(0, MOST_NAMESPACES).map(([namespace, allows]) => `${namespace}: ${allows}`),
    example,
  };
}
