/**
 * The classes that a policy selects before or after its change, and how their maps grow. A class of unused identities has no
 * map.
 *
 * Identities of one class before that the same new rules select are of one class afterwards, so that one of them is asked
 * for all.
 * Cost: O(identities that the policy selects), and a count for each class whose map may come near a line; two where it is nearly
 * full.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { selectsSubject } from '../../cilium/policy/resolve.ts';
import { prefixesOf, rulesOf, type Rule } from '../../cilium/policy/rule.ts';
import { NO_PORTS, type NamedPortMap } from '../../cilium/named-ports.ts';
import { agentsNumber } from '../../cluster/identities/host-endpoints.ts';
import { formatPorts } from '../../cluster/ports/port-name.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { hasEndpoint } from '../facts/class-members.ts';
import { pausing } from '../facts/pausing.ts';
import { count } from '../facts/wording.ts';
import type { MapChange } from './blame.ts';
import { EVERYBODY, farSubjects } from './far-subjects.ts';
import { growthOf, limitsOf, type Growth, type GrowthQuestion } from './growth.ts';
import type { PolicyBlame, PolicyChange } from './policy-blame.ts';

const IDENTITIES_PER_PAUSE = 200;
const LOOKS_PER_PAUSE = 8192;
const MOST_CLASSES = 10_000;
/** Of maps that nobody counts. */
const MOST_BOUNDS = 16;

export function* policyGrowths(
  policy: PolicyChange,
  context: ChangeContext,
  blame: PolicyBlame,
): Generator<Pause | Unjudged, readonly Growth[]> {
  const [rulesBefore, rulesAfter] = [rulesOf(policy.before), rulesOf(policy.after)];
  const classes = yield* selectedClasses(rulesBefore, rulesAfter, context);
  const growths: Growth[] = [];
  const judged = [
    ...classes.filter(isCounted).slice(0, MOST_CLASSES),
    ...classes.filter(isBounded).slice(0, MOST_BOUNDS),
  ];
  let unknown = classes.length - judged.length;
  for (const selected of judged) {
    yield PAUSE;
    const growth = yield* growthOf(questionAbout(selected, context, blame), context);
    if (growth !== undefined && (isCounted(selected) || isSure(growth, context))) growths.push(growth);
    else if (!isCounted(selected)) unknown += 1;
  }
  yield* uncounted(classes, unknown);
  return growths;
}

function isCounted({ after }: SelectedClass): boolean {
  return after.uncounted === undefined;
}

/** A number of entries that it has at least is enough, where it was counted before. */
function isBounded({ before, after }: SelectedClass): boolean {
  return after.uncounted !== undefined && before.uncounted === undefined;
}

/** Of a map that was not counted only that it overflows is known. */
function isSure({ after, certainty }: Growth, { current, settings }: ChangeContext): boolean {
  return certainty === 'lower-bound' && after > limitsOf(current, settings).limit;
}

function questionAbout(selected: SelectedClass, context: ChangeContext, blame: PolicyBlame): GrowthQuestion {
  return {
    policyClass: selected.after,
    classBefore: selected.before,
    members: () => selected.identities,
    blame: () => blame(mapChange(selected, context)),
  };
}

function mapChange({ before, after, labels }: SelectedClass, context: ChangeContext): MapChange {
  return {
    before: { policyClass: before, labels, view: context.before },
    after: { policyClass: after, labels, view: context.after },
  };
}

function* uncounted(classes: readonly SelectedClass[], unknown: number): Iterable<Unjudged> {
  if (unknown === 0) return;
  const why = classes.find(({ after }) => after.uncounted !== undefined)?.after.uncounted ?? 'they are too many';
  const maps = count(unknown, 'policy map was', 'policy maps were');
  yield { kind: 'unjudged', reason: `${maps} not counted: ${why}`, unfinished: 'size' };
}

interface SelectedClass {
  readonly before: PolicyClass;
  readonly after: PolicyClass;
  /** Of one of its identities. */
  readonly labels: LabelArray;
  readonly identities: NumericIdentity[];
}

function* selectedClasses(
  rulesBefore: readonly Rule[],
  rulesAfter: readonly Rule[],
  context: ChangeContext,
): Generator<Pause, readonly SelectedClass[]> {
  const { before, after } = context;
  const classes = new Map<string, SelectedClass>();
  const examples = [...bySubject(rulesAfter).values()];
  const asksNames = rulesAfter.some(({ ports }) => ports.kind === 'list' && ports.names !== undefined);
  let seen = 0;
  for (const identity of yield* nearSubjects(rulesBefore, rulesAfter, context)) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    const labels = after.labelsOf(identity);
    if (labels === undefined) continue;
    const subject = { labels, identity: agentsNumber(identity) };
    const selecting = examples.map((rule) => (selectsSubject(rule, subject) ? '1' : '0')).join('');
    for (const { ports, before: classBefore } of mapsOf({ identity, labels }, asksNames, { before, after })) {
      // Names of ports that only the new rules ask for tell apart what was one class.
      const key = `${selecting} ${asksNames ? formatPorts(ports) : ''} ${classBefore.key}`;
      const selected = getOrMake(classes, key, () => {
        return { before: classBefore, after: after.classOf(labels, identity, ports), labels, identities: [] };
      });
      if (selected.identities.at(-1) !== identity) selected.identities.push(identity);
    }
  }
  for (const { identities } of classes.values()) identities.sort((a, b) => a - b);
  return [...classes.values()].filter(({ identities }) => hasEndpoint(identities, after));
}

/** Identities that the rules select before or after, but for those whose maps stay far from full. */
function* nearSubjects(
  rulesBefore: readonly Rule[],
  rulesAfter: readonly Rule[],
  context: ChangeContext,
): Generator<Pause, ReadonlySet<NumericIdentity>> {
  const isFar = yield* farSubjects(rulesBefore, rulesAfter, context);
  const near = new Set<NumericIdentity>();
  if (isFar === EVERYBODY) return near;
  let seen = 0;
  for (const [rules, view] of [[rulesBefore, context.before] as const, [rulesAfter, context.after] as const]) {
    for (const rule of bySubject(rules).values()) {
      for (const identity of yield* pausing(view.subjectsSteps(rule))) {
        if (!isFar(identity)) near.add(identity);
        if (++seen % LOOKS_PER_PAUSE === 0) yield PAUSE;
      }
    }
  }
  return near;
}

/** The maps that endpoints of an identity have: one for each set of named ports, where old or new rules ask for names. */
function* mapsOf(
  { identity, labels }: { readonly identity: NumericIdentity; readonly labels: LabelArray },
  asksNames: boolean,
  { before, after }: Pick<ChangeContext, 'before' | 'after'>,
): Iterable<{ readonly ports: NamedPortMap; readonly before: PolicyClass }> {
  const some = before.classOf(labels, identity);
  if (!asksNames && some.ownNames.length === 0) {
    yield { ports: NO_PORTS, before: some };
    return;
  }
  for (const { ports } of after.portSetsOf(identity)) yield { ports, before: before.classOf(labels, identity, ports) };
}

function* subjectsOf(rules: readonly Rule[], view: ClusterView): Iterable<NumericIdentity> {
  for (const rule of bySubject(rules).values()) yield* view.subjects(rule);
}

/** A rule for each subject: thousands of rules have few. */
function bySubject(rules: readonly Rule[]): ReadonlyMap<string, Rule> {
  return new Map(rules.map((rule) => [`${rule.subjectKind} ${rule.subject.key}`, rule]));
}

/** Everything that the policy selects before or after. */
export function subjectsOfChange(policy: PolicyChange, { before, after }: ChangeContext): ReadonlySet<NumericIdentity> {
  return new Set([...subjectsOf(rulesOf(policy.before), before), ...subjectsOf(rulesOf(policy.after), after)]);
}

/** Prefixes that its former version did not name. Others may name them. */
export function addsPrefixes({ before, after }: PolicyChange): boolean {
  const known = new Set(prefixesOf(before));
  return prefixesOf(after).some((prefix) => !known.has(prefix));
}
