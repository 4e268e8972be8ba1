/**
 * The patch that takes dead units out of a policy and changes nothing else.
 *
 * An item goes if it is dead on every port, a port if every item that is left is dead on it, a rule element if nothing of it
 * is left. What a policy isolates stays isolated: the last element of a list leaves something behind that keeps default deny.
 * Invariant: removals go from the last index to the first, so that none moves the target of another.
 * Cost: O(dead units + rules of the policy), and a sort of the removals; a pause for each element with dead units.
 */
import type { NetworkPolicy, PolicyObject } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import type { Direction, Rule } from '../../cilium/policy/rule.ts';
import { PAUSE, type Fix, type JsonPatchOperation, type Pause } from '../check.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import { elementsOf, portField, unitsOf, type RuleElement, type Unit } from './units.ts';

const SHOWN = 4;

/** Nobody reads a longer patch, and each operation copies the list that it is about. */
const MOST_OPERATIONS = 500;

export interface RepairInput {
  readonly policy: PolicyObject;
  readonly rules: readonly Rule[];
  readonly dead: ReadonlySet<Unit>;
}

/** Words where a patch would be too long. undefined: some unit can't be taken out without splitting a rule. */
export function* repairOf(input: RepairInput): Generator<Pause, Fix | undefined> {
  const written = elementsOf(input.rules);
  const removed: FieldPath[] = [];
  const gone = new Set<FieldPath>();
  for (const [field, dead] of Map.groupBy(input.dead, ({ rule }) => rule.ref.field)) {
    yield PAUSE;
    const element = written.get(field);
    const parts = element === undefined ? undefined : deadParts(element, dead);
    if (parts === undefined) return undefined;
    if (parts === 'all') gone.add(field);
    else removed.push(...parts);
  }
  return fixFor(removed, gone, input);
}

/** `gone`: the places of the rule elements that go whole. */
function fixFor(removed: readonly FieldPath[], gone: ReadonlySet<FieldPath>, { policy, rules }: RepairInput): Fix {
  const emptied = emptiedLists(gone, rules);
  const kept = policy.kind === 'NetworkPolicy' ? new Map<FieldPath, Rule>() : firstOfEach(emptied);
  const fields = fromLastToFirst([...removed, ...gone].filter((field) => !kept.has(field)));
  const text = textOf([...fields.map((field) => `remove ${field}`), ...[...kept.values()].map(replacementText)]);
  if (fields.length + kept.size > MOST_OPERATIONS) return { kind: 'words', text };
  const patch = [
    ...[...kept.keys()].map((field): JsonPatchOperation => ({ op: 'replace', path: pointerTo(field), value: {} })),
    ...fields.map((field): JsonPatchOperation => ({ op: 'remove', path: pointerTo(field) })),
    ...(policy.kind === 'NetworkPolicy' ? keepIsolation(policy, emptied) : []),
  ];
  return { kind: 'patch', patch, text };
}

/** What to remove from one rule element; `all` of it; or undefined where rows and columns are not enough. */
function deadParts(element: RuleElement, dead: readonly Unit[]): readonly FieldPath[] | 'all' | undefined {
  const [rule] = element;
  const { items, ports } = unitsOf(element);
  const byItem = [...Map.groupBy(dead, ({ field }) => field)];
  const deadItems = new Set(byItem.filter(([, units]) => units.length === ports.length).map(([field]) => field));
  if (deadItems.size === items.length) return 'all';
  const left = dead.filter(({ field }) => !deadItems.has(field));
  const byPort = [...Map.groupBy(left, portField)];
  const isOnAllItems = ([, units]: readonly [FieldPath, readonly Unit[]]): boolean =>
    units.length === items.length - deadItems.size;
  if (!byPort.every(isOnAllItems)) return undefined;
  return [...deadItems, ...portRemovals(new Set(byPort.map(([field]) => field)), rule)];
}

/** A list of ports that would be left empty allows nothing by itself: it goes with its last port. */
function portRemovals(fields: ReadonlySet<FieldPath>, { ports }: Rule): readonly FieldPath[] {
  if (fields.size === 0) return [];
  const written = ports.kind === 'any' ? [] : [...ports.items, ...(ports.names ?? [])].map(({ ref }) => ref.field);
  const living = new Set(written.filter((field) => !fields.has(field)).map(listOf));
  return [
    ...new Set(
      [...fields].map((field) => {
        const isWhole = !living.has(listOf(field));
        return isWhole && field.includes('.toPorts[') ? elementAround(field) : field;
      }),
    ),
  ];
}

/** `spec.ingress[0].toPorts[1].ports[2]` -> `spec.ingress[0].toPorts[1]` */
function elementAround(field: FieldPath): FieldPath {
  return field.slice(0, field.lastIndexOf('.'));
}

/** `spec.ingress[0]` -> `spec.ingress` */
function listOf(field: FieldPath): FieldPath {
  return field.slice(0, field.lastIndexOf('['));
}

/** Lists of which every element goes, with their rules. */
function emptiedLists(gone: ReadonlySet<FieldPath>, rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const lists = Map.groupBy(rules, ({ ref }) => listOf(ref.field));
  return [...lists.values()].filter((members) => members.every(({ ref }) => gone.has(ref.field)));
}

/** By its place. */
function firstOfEach(lists: readonly (readonly Rule[])[]): ReadonlyMap<FieldPath, Rule> {
  return new Map(lists.flatMap(([first]) => (first === undefined ? [] : [[first.ref.field, first]])));
}

/** Where enableDefaultDeny is off there is none to keep. */
function replacementText({ ref, defaultDeny }: Rule): string {
  return `replace ${ref.field} by an empty rule${defaultDeny ? ', which keeps default deny' : ''}`;
}

/** A NetworkPolicy without rules of a direction isolates only if its policyTypes say so. */
function keepIsolation({ spec }: NetworkPolicy, emptied: readonly (readonly Rule[])[]): readonly JsonPatchOperation[] {
  const directions = new Set(emptied.flat().map((rule) => rule.direction));
  if (directions.size === 0) return [];
  const before = spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
  const types = [...new Set([...before, ...[...directions].map(policyType)])];
  return [{ op: 'add', path: '/spec/policyTypes', value: types }];
}

function policyType(direction: Direction): string {
  return direction === 'ingress' ? 'Ingress' : 'Egress';
}

function textOf(steps: readonly string[]): string {
  const rest = steps.length - SHOWN;
  return [...steps.slice(0, SHOWN), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function fromLastToFirst(fields: readonly FieldPath[]): readonly FieldPath[] {
  return fields
    .map((field) => ({ field, place: field.replaceAll(']', '').split(/[.[]/) }))
    .sort(({ place: a }, { place: b }) => byPlaceDescending(a, b))
    .map(({ field }) => field);
}

/** Compares indices as numbers. */
function byPlaceDescending(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [x = '', y = ''] = [left[index], right[index]];
    if (x !== y) return Number(y) - Number(x) || (x < y ? 1 : -1);
  }
  return right.length - left.length;
}
