/**
 * What the clusterwide denies do to each unit of one policy.
 *
 * Order of the answers: as the units are written. What is not modelled is said once for a rule.
 */
import { universeFacts, type UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import type { FlowWitness } from '../../cilium/policy/containment/product.ts';
import type { ParsedPolicy, Rule } from '../../cilium/policy/rule.ts';
import { formatRuleRef } from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import type { ClusterwideDenies, ClusterwideDeny, DenyIndex } from './denies.ts';
import { deniedPorts } from './denied-ports.ts';
import { namedPart } from './named-part.ts';
import { meetingDenies } from './overlap.ts';
import { prove } from './proof.ts';
import { outcomeToday, subjectGroups, type SubjectGroups } from './today.ts';
import { unitsOf, type Unit } from './units.ts';

export type Assessment =
  | { readonly kind: 'untouched'; readonly unit: Unit }
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

/** Of one policy; the largest that the API server takes may have ten times as many. */
const MOST_UNITS = 5_000;

/** What is asked about: `denies` are those of the view. */
export interface Ground {
  readonly view: ClusterView;
  readonly denies: DenyIndex;
}

export function* assess(policy: ParsedPolicy, ground: Ground): Generator<Pause | Unjudged, readonly Assessment[]> {
  const { settings } = ground.view;
  if (policy.kind === 'refused') {
    yield unjudged(`the agent would refuse this policy: ${policy.refusal.reason}`, policy.refusal.field);
    return [];
  }
  if (settings.config.enforcement === 'never') return [];
  if (settings.filter.kind !== 'known') {
    yield unjudged(`identities are not known: ${settings.filter.reason}`);
    return [];
  }
  const { filter } = settings.filter;
  const facts = universeFacts(settings, (label) => filter.keeps(label));
  return yield* assessRules(policy.rules, { ...ground, facts });
}

function* assessRules(
  rules: readonly Rule[],
  { view, denies: index, facts }: Ground & { readonly facts: UniverseFacts },
): Generator<Pause | Unjudged, readonly Assessment[]> {
  const assessments: Assessment[] = [];
  let left = MOST_UNITS;
  for (const rule of rules) {
    const units = unitsOf([rule]);
    const denies = mayAllow(rule) ? index.against(rule.direction) : NO_DENIES;
    if (denies.known.length + denies.unsupported.length === 0) continue;
    const notModelled = rule.unsupported[0];
    if (notModelled !== undefined) {
      yield unjudged(lacking(notModelled.feature), notModelled.field);
      continue;
    }
    if (units.length === 0) continue;
    yield* sayUnsupported(rule, denies, view);
    const groups = subjectGroups(rule, denies.known, view);
    for (const unit of units) {
      if (left === 0) {
        const reason = `only the first ${MOST_UNITS} peers and ports were looked at`;
        yield { ...unjudged(reason, unit.field), unfinished: 'size' };
        return assessments;
      }
      left -= 1;
      yield PAUSE;
      const meeting = meetingDenies(unit, denies.known);
      assessments.push(
        meeting.length === 0 ? { kind: 'untouched', unit } : assessUnit(unit, meeting, groups, { view, facts }),
      );
    }
  }
  return assessments;
}

/** Whether it names a peer: ports that are all named give no unit to judge, and that has to be said. */
function mayAllow({ verdict, subjectKind, peers }: Rule): boolean {
  return verdict === 'allow' && subjectKind === 'endpoint' && peers.kind !== 'none';
}

/** The names of features stand in the singular and in the plural. */
function lacking(feature: string): string {
  return `the model does not cover ${feature}`;
}

const NO_DENIES: ClusterwideDenies = { known: [], unsupported: [] };

function assessUnit(
  unit: Unit,
  denies: readonly ClusterwideDeny[],
  groups: SubjectGroups,
  { view, facts }: { readonly view: ClusterView; readonly facts: UniverseFacts },
): Assessment {
  const proof = prove(unit, denies, facts);
  if (proof.kind === 'dead') return { ...proof, unit };
  if (proof.kind === 'empty') return { kind: 'untouched', unit };
  const { denied, causes, matching } = outcomeToday(unit, groupsAmong(groups, denies), view);
  if (denied === 'all') return { kind: 'dead-today', unit, causes, matching };
  const part = namedPart(unit, denies, facts);
  if (denied === 'none' && part === undefined) return { kind: 'untouched', unit };
  return { kind: 'partial', unit, causes, part, ports: deniedPorts(unit, causes) };
}

function groupsAmong(groups: SubjectGroups, denies: readonly ClusterwideDeny[]): SubjectGroups {
  const meeting = new Set(denies);
  return groups.map((group) => group.filter((deny) => meeting.has(deny)));
}

/** A deny that is not modelled counts for nothing in a proof; where it selects these pods, that has to be said. */
function* sayUnsupported(rule: Rule, { unsupported }: ClusterwideDenies, view: ClusterView): Iterable<Unjudged> {
  if (unsupported.length === 0) return;
  const subjects = new Set(view.subjects(rule));
  for (const deny of unsupported) {
    const [first] = deny.unsupported;
    const concerns = deny.direction === rule.direction && [...view.subjects(deny)].some((id) => subjects.has(id));
    if (first === undefined || !concerns) continue;
    const place = formatRuleRef({ object: deny.ref.object, field: first.field });
    yield unjudged(`${place}: ${lacking(first.feature)}`, rule.ref.field);
  }
}

function unjudged(reason: string, path?: string): Unjudged {
  return { kind: 'unjudged', reason, ...(path === undefined ? {} : { path }) };
}
