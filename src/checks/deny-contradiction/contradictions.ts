/**
 * Assessments of a policy -> findings, in the order of the assessments, with a pause before each.
 *
 * A dead prefix in a list with living ones is advice, as such lists change hourly; a hole is for the author only where it
 * takes something that the author named.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef, refOf, type PolicyObject, type RuleRef } from '../../cilium/objects.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Finding, type FindingOf, type Fix, type Pause } from '../check.ts';
import { verdictCertainty } from '../facts/certainty.ts';
import type { Assessment } from './assess.ts';
import { OwnFlows } from './own-flow.ts';
import { portFacts } from './port-facts.ts';
import { repairOf } from './repair.ts';
import { contentOf, elementsOf, isCIDRItem, portField, unitsOf, type RuleElement, type Unit } from './units.ts';
import { WrittenPeers } from './written-peer.ts';

export type Dead = Extract<Assessment, { kind: 'dead' }>;

export interface ContradictionInput {
  readonly policy: PolicyObject;
  readonly rules: readonly Rule[];
  readonly assessments: readonly Assessment[];
  /** The dead units that count against the author. */
  readonly violations: ReadonlySet<Unit>;
  /** Pods that stay open if the policy is refused. */
  readonly unpoliced: number;
  readonly view: ClusterView;
}

export function* contradictions(input: ContradictionInput): Iterable<Pause | Finding> {
  const { assessments, violations, policy, rules, view } = input;
  if (assessments.length === 0) return;
  const repair = violations.size === 0 ? undefined : yield* repairOf({ policy, rules, dead: violations });
  const flows = new OwnFlows(view);
  const peers = new WrittenPeers(policy, view.settings.config.clusterName);
  for (const assessment of assessments) {
    yield PAUSE;
    yield findingFor(assessment, input, { repair, flows, peers });
  }
}

/** Dead for good, and not merely one prefix of a list that is useful otherwise. */
export function countedDead(assessments: readonly Assessment[], rules: readonly Rule[]): readonly Dead[] {
  const dead = assessments.filter((assessment) => assessment.kind === 'dead');
  const lists = new DeadPrefixes(dead.map(({ unit }) => unit).filter(isCIDRItem), elementsOf(rules));
  return dead.filter(({ unit }) => !isCIDRItem(unit) || lists.isAllOf(unit));
}

/** Dead prefixes, counted for each rule element and port: a prefix that is not among them may be useful. */
class DeadPrefixes {
  readonly #elements: ReadonlyMap<FieldPath, RuleElement>;
  readonly #dead = new Map<FieldPath, Map<FieldPath, number>>();
  readonly #written = new Map<FieldPath, number>();

  constructor(units: readonly Unit[], elements: ReadonlyMap<FieldPath, RuleElement>) {
    this.#elements = elements;
    for (const unit of units) {
      const ports = getOrMake(this.#dead, unit.rule.ref.field, () => new Map<FieldPath, number>());
      ports.set(portField(unit), (ports.get(portField(unit)) ?? 0) + 1);
    }
  }

  /** Whether every prefix of its rule element is dead on its port. */
  isAllOf(unit: Unit): boolean {
    const { field } = unit.rule.ref;
    const written = getOrMake(this.#written, field, () => this.#countWritten(field));
    return this.#dead.get(field)?.get(portField(unit)) === written;
  }

  #countWritten(field: FieldPath): number {
    const element = this.#elements.get(field);
    return element === undefined ? 0 : unitsOf(element).items.filter(isCIDRItem).length;
  }
}

interface Shown {
  readonly repair: Fix | undefined;
  readonly flows: OwnFlows;
  readonly peers: WrittenPeers;
}

function findingFor(assessment: Assessment, input: ContradictionInput, { repair, flows, peers }: Shown): Finding {
  const { unit } = assessment;
  const which = { content: contentOf(unit), peer: peers.of(unit) };
  switch (assessment.kind) {
    case 'dead': {
      const isViolation = input.violations.has(unit);
      return {
        ...advice(assessment, input),
        id: 'dead-allow',
        details: { ...which, unpoliced: isViolation ? input.unpoliced : 0 },
        severity: isViolation ? 'violation' : 'advice',
        witness: flows.of(unit, assessment.example),
        proposals: isViolation ? [repair ?? splitInWords(unit)] : [],
      };
    }
    case 'dead-today': {
      const details = { ...which, matching: assessment.matching };
      return { ...advice(assessment, input), id: 'dead-today', details, audience: 'platform' };
    }
    case 'partial': {
      const part = assessment.part ?? assessment.ports ?? 'part of what it matches';
      const audience = assessment.part === undefined ? 'platform' : 'author';
      return {
        ...advice(assessment, input),
        id: 'partial-allow',
        details: { ...which, part },
        audience,
      };
    }
  }
}

/** What the findings about a unit have in common. */
function advice(
  { unit, causes }: Assessment,
  { policy, view }: ContradictionInput,
): Omit<FindingOf<'dead-allow'>, 'id' | 'details'> {
  return {
    severity: 'advice',
    certainty: verdictCertainty(view.settings),
    subject: refOf(policy),
    audience: 'author',
    field: unit.field,
    facts: { direction: unit.rule.direction, ...portFacts(unit) },
    causes: causes.map(({ ref }) => ref).sort(byPlace),
    proposals: [],
  };
}

function splitInWords({ field }: Unit): Fix {
  return { kind: 'words', text: `take the denied port out of what ${field} allows, in a rule of its own` };
}

function byPlace(a: RuleRef, b: RuleRef): number {
  return compareBytes(formatRuleRef(a), formatRuleRef(b));
}
