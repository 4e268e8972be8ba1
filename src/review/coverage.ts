/**
 * What the model does not cover of a policy, what an agent does not read, and what it would refuse where no check says so: said
 * of what is submitted, and in an audit of everything that is stored.
 *
 * One rule for every feature that src/cilium/policy/parse/unsupported.ts knows: it is told wherever it is met, whether or not
 * it would have changed the answer. Nothing is denied because of it: the checks count what has a part in it as `unknown`.
 * Order: policies as the view has them, features as they are written, each with the first place that has it.
 */
import { allClasses } from '../checks/facts/class-members.ts';
import { PAUSE, type Pause } from '../checks/check.ts';
import { isOfClass, partKey, uncoveredPart } from '../checks/facts/uncovered-map.ts';
import { count } from '../checks/facts/wording.ts';
import { invalidPolicy } from '../checks/invalid-policy.ts';
import type { CheckSettings } from '../checks/settings.ts';
import type { FieldPath } from '../cilium/field-path.ts';
import { getOrMake } from '../cilium/get-or-make.ts';
import { isPolicy, refOf, type Kind, type ObjectRef } from '../cilium/objects.ts';
import { writtenRules, type ParsedPolicy, type Unsupported } from '../cilium/policy/rule.ts';
import type { Change } from '../cluster/change.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Unknown } from './results.ts';

const MOST_UNKNOWNS = 1000;

/** `after`: the cluster with the change; not asked for unless it is one of a policy. */
export function uncoveredByChange(
  change: Change,
  after: () => ClusterView,
  settings: CheckSettings,
): readonly Unknown[] {
  if (change.op === 'bind' || change.op === 'delete' || !isPolicy(change.after)) return [];
  const view = after();
  return uncoveredParts(view.policy(refOf(change.after)), view, settings);
}

/** Of everything that is stored; what is beyond the bound is counted. */
export function* uncoveredInState(view: ClusterView, settings: CheckSettings): Generator<Pause, readonly Unknown[]> {
  const unknowns: Unknown[] = [];
  for (const policy of view.policies()) {
    yield PAUSE;
    for (const { reason, path } of uncoveredParts(policy, view, settings)) {
      unknowns.push({ reason, ...(path === undefined ? {} : { path }), object: policy.object });
    }
  }
  unknowns.push(...(yield* unknownMaps(view)));
  const rest = unknowns.length - MOST_UNKNOWNS;
  if (rest <= 0) return unknowns;
  const reason = `the model does not cover ${count(rest, 'more place', 'more places')}`;
  return [...unknowns.slice(0, MOST_UNKNOWNS), { reason, unfinished: 'size' }];
}

function uncoveredParts(
  policy: ParsedPolicy | undefined,
  view: ClusterView,
  settings: CheckSettings,
): readonly Unknown[] {
  const kinds: ReadonlySet<Kind> = view.settings.config.policyKinds;
  if (policy !== undefined && !kinds.has(policy.object.kind)) {
    return [{ reason: `agents of this cluster read no ${policy.object.kind}: the policy does nothing` }];
  }
  if (policy?.kind === 'refused') {
    if (isFoundInvalid(policy.object, settings)) return [];
    const { field, reason } = policy.refusal;
    return [{ reason: `the agent would refuse this policy: ${reason}`, path: field }];
  }
  const places = new Map<string, Place>();
  // Thousands of rules share a list.
  for (const unsupported of new Set(writtenRules(policy).map((rule) => rule.unsupported))) {
    for (const part of unsupported) getOrMake(places, uncovered(part), () => placeOf(part)).fields.add(part.field);
  }
  const parts = [...places].map(([reason, { fields, only }]) => ({
    reason: reason + elsewhere(fields.size - 1),
    path: [...fields][0] ?? '',
    ...only,
  }));
  return policy?.kind === 'replaced' ? [{ reason: LEFT_TO_OPERATOR, path: policy.groups }, ...parts] : parts;
}

/** Where the same is not covered. */
interface Place {
  readonly fields: Set<FieldPath>;
  readonly only: Pick<Unknown, 'only'>;
}

function placeOf({ inMaps }: Unsupported): Place {
  return { fields: new Set(), only: inMaps === true ? { only: 'denies' } : {} };
}

const LEFT_TO_OPERATOR =
  'agents pass over a policy with groups: the operator writes another in its place, with addresses that it asks the cloud provider for';

/** A check says so then, and the rest of the policy is known to do nothing. */
function isFoundInvalid({ kind }: ObjectRef, { modes }: CheckSettings): boolean {
  return invalidPolicy.kinds.includes(kind) && modes[invalidPolicy.id] !== 'off';
}

/** The names of features stand in the singular and in the plural. */
function uncovered({ feature, inMaps }: Unsupported): string {
  return inMaps === true
    ? `the model does not cover what denies do to ${feature}`
    : `the model does not cover ${feature}`;
}

function elsewhere(others: number): string {
  return others === 0 ? '' : `, here and at ${count(others, 'other field', 'other fields')}`;
}

/** Rules of one class that exclude each other, or ask for more than can be counted: each policy is covered, and no map is. */
function* unknownMaps(view: ClusterView): Generator<Pause, readonly Unknown[]> {
  const unknowns = new Map<string, Unknown>();
  for (const { policyClass } of yield* allClasses(view)) {
    if (!isOfClass(policyClass)) continue;
    for (const part of policyClass.unsupported) unknowns.set(partKey(part), uncoveredPart(policyClass, part));
  }
  return [...unknowns.values()];
}
