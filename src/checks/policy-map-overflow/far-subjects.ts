/**
 * Which subjects of a policy are in classes whose maps its change brings nowhere near a line: nobody makes or counts these maps.
 *
 * Rules that only add to others add no more entries than their peers and ports ask for, whatever else selects the subject; so what
 * a policy adds is counted once for all classes. Where its former version said more than plain allows, classes that it selects are
 * not told so: what goes may have kept other entries out.
 * Cost: O(identities that the policy selects), with a look at the class of each; what the peers of its rules select is looked for
 * where a bound of it does not do.
 */
import { areAdditive, areWithdrawable, mostAddedSteps, mostOfDefaults } from '../../cilium/policy/additive-rules.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { MOST_ASKED_KEYS } from '../../cilium/policy/map/asked-keys.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import { standsForList, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { askedBy } from '../../cluster/classes/class-bounds.ts';
import { isOfHosts } from '../../cluster/classes/class-computer.ts';
import type { KeptClass, KeptClasses } from '../../cluster/classes/class-layer.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { pausing } from '../facts/pausing.ts';
import { lowestLine, mostOfPrefixes } from './far-classes.ts';

const IDENTITIES_PER_PAUSE = 4096;
const CLASSES_PER_PAUSE = 256;

export type IsFar = (identity: NumericIdentity) => boolean;

const NOBODY: IsFar = () => false;
export const EVERYBODY: IsFar = () => true;

export function* farSubjects(
  rulesBefore: readonly Rule[],
  rulesAfter: readonly Rule[],
  context: ChangeContext,
): Generator<Pause, IsFar> {
  const { before, after } = context;
  const kept = before.keptClasses;
  if (kept === undefined || !areAdditive(rulesAfter)) return NOBODY;
  const line = lowestLine(context);
  const added: Selected[] = [];
  for (const rules of bySubject(rulesAfter)) added.push({ rules, classes: yield* classesOf(rules, after, kept) });
  const changes: Changes = { added, gone: yield* goneOf(rulesBefore, before, kept) };
  const atMost = yield* sizesOf(changes, (rules) => mostEntriesOf(rules, after, line));
  if ((yield* farOf(atMost, line, context)).length === atMost.size) return EVERYBODY;
  const sizes = yield* sizesOf(changes, (rules) => entriesOf(rules, after, line));
  const far = new Set(yield* farOf(sizes, line, context, countClass));
  if (far.size === sizes.size) return EVERYBODY;
  return (identity) => {
    const classes = kept.ofIdentity(identity);
    return classes.length > 0 && classes.every((one) => far.has(one));
  };
}

/** Rules of one subject, and the classes that it selects. */
interface Selected {
  readonly rules: readonly Rule[];
  readonly classes: ReadonlySet<KeptClass>;
}

interface Changes {
  readonly added: readonly Selected[];
  readonly gone: Gone;
}

/** Of the former rules; `mayStay`: what goes may have kept other entries out. */
interface Gone {
  readonly classes: readonly ReadonlySet<KeptClass>[];
  readonly mayStay: boolean;
}

function* goneOf(rulesBefore: readonly Rule[], before: ClusterView, kept: KeptClasses): Generator<Pause, Gone> {
  const mayStay = !(yield* areGoing(rulesBefore, before));
  const classes: ReadonlySet<KeptClass>[] = [];
  for (const rules of bySubject(rulesBefore)) classes.push(yield* classesOf(rules, before, kept));
  return { classes, mayStay };
}

function* sizesOf(
  { added, gone }: Changes,
  entries: (rules: readonly Rule[]) => Generator<Pause, number>,
): Generator<Pause, ReadonlyMap<KeptClass, Size>> {
  const sizes = new Map<KeptClass, Size>();
  for (const { rules, classes } of added) {
    if (classes.size === 0) continue;
    const size = { entries: yield* entries(rules), keys: askedBy(rules) };
    for (const one of classes) sizes.set(one, sum(sizes.get(one), size));
  }
  for (const classes of gone.classes) {
    for (const one of classes) sizes.set(one, gone.mayStay ? UNKNOWN : sum(sizes.get(one), NOTHING));
  }
  return sizes;
}

/** What the change adds to a class at most. */
interface Size {
  readonly entries: number;
  readonly keys: number;
}

const NOTHING: Size = { entries: 0, keys: 0 };
const UNKNOWN: Size = { entries: Number.POSITIVE_INFINITY, keys: 0 };

/** Whether no entry comes back once these rules are gone. */
function areGoing(rules: readonly Rule[], view: ClusterView): Generator<Pause, boolean> {
  const inputs = { context: view.settings, selectionsSteps: view.selectionsSteps.bind(view) };
  return pausing(areWithdrawable(rules, inputs));
}

function sum(a: Size | undefined, b: Size): Size {
  return a === undefined ? b : { entries: a.entries + b.entries, keys: a.keys + b.keys };
}

/** More are not counted in a review. */
const MOST_COUNTS = 10_000;

/** `count`: so that more is known of a class than its bound; by default nothing is counted. */
function* farOf(
  sizes: ReadonlyMap<KeptClass, Size>,
  line: number,
  { before, after }: ChangeContext,
  count?: typeof countClass,
): Generator<Pause, readonly KeptClass[]> {
  const far: KeptClass[] = [];
  const newcomers = after.addedNodes().size;
  const defaults = mostOfDefaults(after.settings);
  let counts = 0;
  let seen = 0;
  for (const [one, size] of sizes) {
    if (++seen % CLASSES_PER_PAUSE === 0) yield PAUSE;
    const added = mostOfPrefixes(one.bounds.mostOfOne, newcomers) + size.entries + defaults;
    if (added >= line || !isBounded(one, size)) continue;
    const isNear = count !== undefined && one.mostEntries + added >= line;
    if (isNear && before.hasEndpoint(one.policyClass) && ++counts <= MOST_COUNTS) yield* count(one, before);
    if (one.mostEntries + added < line) far.push(one);
  }
  return far;
}

function isBounded({ bounds }: KeptClass, { keys }: Size): boolean {
  return bounds.isAdditive && bounds.isOfIdentitiesAlone && bounds.askedKeys + keys <= MOST_ASKED_KEYS;
}

/** It is kept: the next change of a policy that selects the class needs no other. */
function* countClass({ policyClass }: KeptClass, { keptClasses }: ClusterView): Generator<Pause, void> {
  const steps = keptClasses?.grownSteps(policyClass, []);
  if (steps !== undefined) yield* pausing(steps);
}

/** By what the rules' peers select at most, without a look at any identity; Infinity: the line, or more. */
function mostEntriesOf(rules: readonly Rule[], view: ClusterView, line: number): Generator<Pause, number> {
  const selectedSteps = (selector: EndpointSelector): Generator<undefined, number> => mostSelected(selector, view);
  return pausing(mostAddedSteps(rules, { context: view.settings, selectedSteps }, line));
}

function entriesOf(rules: readonly Rule[], view: ClusterView, line: number): Generator<Pause, number> {
  const selectedSteps = (selector: EndpointSelector): Generator<undefined, number> => selected(selector, view);
  return pausing(mostAddedSteps(rules, { context: view.settings, selectedSteps }, line));
}

function* mostSelected(selector: EndpointSelector, view: ClusterView): Generator<undefined, number> {
  return view.mostSelected(selector);
}

function* selected(selector: EndpointSelector, view: ClusterView): Generator<undefined, number> {
  return (yield* view.selectionsSteps(selector)).length;
}

/** Those that are selected by the subject of these rules. */
function* classesOf(
  [rule]: readonly Rule[],
  view: ClusterView,
  kept: KeptClasses,
): Generator<Pause, ReadonlySet<KeptClass>> {
  if (rule !== undefined && isEveryPod(rule)) return yield* classesOfPods(kept);
  const classes = new Set<KeptClass>();
  let seen = 0;
  for (const identity of rule === undefined ? [] : yield* pausing(view.subjectsSteps(rule))) {
    for (const one of kept.ofIdentity(identity)) classes.add(one);
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
  }
  return classes;
}

/** Whether every identity of the cluster is a subject. */
function isEveryPod({ subject, subjectKind }: Rule): boolean {
  return subjectKind === 'endpoint' && standsForList(subject);
}

function* classesOfPods(kept: KeptClasses): Generator<Pause, ReadonlySet<KeptClass>> {
  const classes = new Set<KeptClass>();
  let seen = 0;
  for (const one of kept.all()) {
    if (!isOfHosts(one.policyClass)) classes.add(one);
    if (++seen % CLASSES_PER_PAUSE === 0) yield PAUSE;
  }
  return classes;
}

/** Rules of one subject: thousands of rules have few. */
function bySubject(rules: readonly Rule[]): Iterable<readonly Rule[]> {
  return Map.groupBy(rules, ({ subject, subjectKind }) => `${subjectKind} ${subject.key}`).values();
}
