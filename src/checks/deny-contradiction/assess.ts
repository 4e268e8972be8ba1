/**
 * What the clusterwide denies do to the units of one policy.
 *
 * Order of the answers: as the units are written. A unit without an answer is untouched, or was one too many: then that was
 * said. Nothing is said of a policy that the agent would refuse or of a rule that is not modelled: review/coverage.ts does.
 * Cost: O(items x denies), then a proof for each unit that some deny can meet, no more than MOST_UNITS, with a pause before
 * each.
 */
import { universeFacts, type UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import type { FlowWitness } from '../../cilium/policy/containment/product.ts';
import type { ParsedPolicy, Rule } from '../../cilium/policy/rule.ts';
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { describeRef, type RuleRef } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import type { ClusterwideAccept, ClusterwideDenies, ClusterwideDeny, DenyIndex } from './denies.ts';
import { deniedPorts } from './denied-ports.ts';
import { namedPart } from './named-part.ts';
import { howJudged } from './judged-rules.ts';
import { meetings } from './meetings.ts';
import { rulingOf, type Overruled } from './overruled.ts';
import { prove } from './proof.ts';
import { outcomeToday, subjectGroups, type SubjectGroups } from './today.ts';
import { elementsOf, MOST_UNITS, unitsOf, type Unit } from './units.ts';

export type Assessment =
  | { readonly kind: 'dead'; readonly unit: Unit; readonly causes: readonly Rule[]; readonly example: FlowWitness }
  | { readonly kind: 'dead-today'; readonly unit: Unit; readonly causes: readonly Rule[]; readonly matching: number }
  | {
      readonly kind: 'partial';
      readonly unit: Unit;
      readonly causes: readonly Rule[];
      /** What of it the author named, if anything. */
      readonly part: string | undefined;
      /** Which of its ports, where it is only those. */
      readonly ports: string | undefined;
    };

/** What is asked about: `denies` are those of the view. */
export interface Ground {
  readonly view: ClusterView;
  readonly denies: DenyIndex;
}

export function* assess(policy: ParsedPolicy, ground: Ground): Generator<Pause | Unjudged, readonly Assessment[]> {
  const { settings } = ground.view;
  if (policy.kind === 'refused' || settings.config.enforcement === 'never') return [];
  if (settings.filter.kind !== 'known') {
    yield unjudged(`identities are not known: ${settings.filter.reason}`);
    return [];
  }
  return yield* assessRules(policy.rules, { ...ground, facts: factsOf(settings, settings.filter.filter) });
}

/** What a proof may rest on, in a cluster whose label filter is known. */
export function factsOf(settings: Settings, filter: LabelFilter): UniverseFacts {
  return universeFacts(settings, (label) => filter.keeps(label));
}

function* assessRules(
  rules: readonly Rule[],
  ground: Ground & { readonly facts: UniverseFacts },
): Generator<Pause | Unjudged, readonly Assessment[]> {
  const assessments: Assessment[] = [];
  const told = new Set<string>();
  let left = MOST_UNITS;
  for (const met of metUnits(rules, ground)) {
    yield PAUSE;
    if (met === PAUSE) continue;
    if ('reason' in met) {
      yield met;
      continue;
    }
    if (left === 0) {
      yield tooMany(`only the first ${MOST_UNITS} peers and ports that denies may take were looked at`, met.unit.field);
      break;
    }
    left -= 1;
    const { deciding, overruled } = rulingOf(met.unit, met.denies, met.accepts, ground.facts);
    const assessment = deciding.length === 0 ? undefined : assessUnit({ ...met, denies: deciding }, ground);
    if (assessment !== undefined) assessments.push(assessment);
    if (assessment?.kind !== 'dead') yield* sayOverruled(met.unit, overruled, told);
  }
  return assessments;
}

/** A unit that denies can meet. */
interface MetUnit {
  readonly unit: Unit;
  readonly denies: readonly ClusterwideDeny[];
  /** Of its direction. */
  readonly accepts: readonly ClusterwideAccept[];
  /** Of its rule. */
  readonly groups: SubjectGroups;
}

function* metUnits(rules: readonly Rule[], { view, denies: index }: Ground): Iterable<Pause | Unjudged | MetUnit> {
  const groupsBySubject = new Map<string, SubjectGroups>();
  for (const element of elementsOf(rules).values()) {
    yield PAUSE;
    const [rule] = element;
    if (howJudged(rule) === 'not') continue;
    const { items, ports } = unitsOf(element);
    if (items.length === 0 || ports.length === 0) continue;
    const denies = index.against(rule.direction);
    yield* sayUnsupported(rule, denies, view);
    for (const met of meetings({ items, ports }, denies.known)) {
      const groups = (): SubjectGroups => subjectGroups(rule, denies.known, view);
      const key = `${rule.direction} ${rule.subject.key}`;
      const { accepts } = denies;
      yield met === PAUSE ? PAUSE : { ...met, accepts, groups: getOrMake(groupsBySubject, key, groups) };
    }
  }
}

/** undefined: it is untouched. */
function assessUnit(
  { unit, denies, groups }: MetUnit,
  { view, facts }: { readonly view: ClusterView; readonly facts: UniverseFacts },
): Assessment | undefined {
  const proof = prove(unit, denies, facts);
  if (proof.kind === 'dead') return { ...proof, unit };
  if (proof.kind === 'empty' || howJudged(unit.rule) === 'bounds') return undefined;
  const { denied, causes, matching } = outcomeToday(unit, groupsAmong(groups, denies), view);
  if (denied === 'all') return { kind: 'dead-today', unit, causes, matching };
  const part = namedPart(unit, denies, facts);
  if (denied === 'none' && part === undefined) return undefined;
  return { kind: 'partial', unit, causes, part, ports: deniedPorts(unit, causes) };
}

function groupsAmong(groups: SubjectGroups, denies: readonly ClusterwideDeny[]): SubjectGroups {
  const meeting = new Set(denies);
  return groups.map((group) => group.filter((deny) => meeting.has(deny)));
}

/** Each pair of a deny and an accept once for a rule. */
function* sayOverruled(unit: Unit, overruled: readonly Overruled[], told: Set<string>): Iterable<Unjudged> {
  for (const { deny, accept } of overruled) {
    const key = JSON.stringify([unit.rule.ref, deny.rule.ref, accept.rule.ref]);
    if (told.has(key)) continue;
    told.add(key);
    const reason = `${describeRuleRef(accept.rule.ref)} may let through what ${describeRuleRef(deny.rule.ref)} denies`;
    yield unjudged(reason, unit.field);
  }
}

/** A deny that is not modelled counts for nothing in a proof; where it selects these pods, that has to be said. */
function* sayUnsupported(rule: Rule, { unsupported }: ClusterwideDenies, view: ClusterView): Iterable<Unjudged> {
  if (unsupported.length === 0) return;
  const subjects = new Set(view.subjects(rule));
  for (const deny of unsupported) {
    const [first] = deny.unsupported;
    const concerns = deny.direction === rule.direction && [...view.subjects(deny)].some((id) => subjects.has(id));
    if (first === undefined || !concerns) continue;
    const reason = `the model does not cover ${first.feature}, which may deny ${describeRuleRef(rule.ref)}`;
    yield { ...unjudged(reason, first.field), object: deny.ref.object };
  }
}

function describeRuleRef({ object, field }: RuleRef): string {
  return `${describeRef(object)} ${field}`;
}

/** For what a bound of our own was in the way of. */
export function tooMany(reason: string, path?: FieldPath): Unjudged {
  return { ...unjudged(reason, path), unfinished: 'size' };
}

function unjudged(reason: string, path?: FieldPath): Unjudged {
  return { kind: 'unjudged', reason, ...(path === undefined ? {} : { path }) };
}
