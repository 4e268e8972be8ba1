/**
 * The patch that takes dead units out of a policy and changes nothing else.
 *
 * An item goes if it is dead on every port, a port if every item that is left is dead on it, a rule element if nothing of it
 * is left. What a policy isolates stays isolated: the last element of a list leaves something behind that keeps default deny.
 * Invariant: removals go from the last index to the first, so that none moves the target of another.
 */
import type { NetworkPolicy, PolicyObject } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import type { Direction, Rule } from '../../cilium/policy/rule.ts';
import type { Fix, JsonPatchOperation } from '../check.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { Unit } from './units.ts';

const SHOWN = 4;

export interface RepairInput {
  readonly policy: PolicyObject;
  readonly rules: readonly Rule[];
  readonly units: readonly Unit[];
  readonly dead: ReadonlySet<Unit>;
}

/** undefined: some unit can't be taken out without splitting a rule. */
export function repairOf(input: RepairInput): Fix | undefined {
  const removed: FieldPath[] = [];
  const elements: Rule[] = [];
  for (const rule of new Set([...input.dead].map((unit) => unit.rule))) {
    const parts = deadParts(rule, input);
    if (parts === undefined) return undefined;
    if (parts === 'all') elements.push(rule);
    else removed.push(...parts);
  }
  const emptied = emptiedLists(elements, input.rules);
  const kept = input.policy.kind === 'NetworkPolicy' ? [] : emptied.flatMap((list) => firstOf(list, elements) ?? []);
  const gone = elements.filter((rule) => !kept.includes(rule)).map(({ ref }) => ref.field);
  const fields = [...removed, ...gone].sort(byPlaceDescending);
  return {
    kind: 'patch',
    patch: [
      ...kept.map(({ ref }): JsonPatchOperation => ({ op: 'replace', path: pointerTo(ref.field), value: {} })),
      ...fields.map((field): JsonPatchOperation => ({ op: 'remove', path: pointerTo(field) })),
      ...(input.policy.kind === 'NetworkPolicy' ? keepIsolation(input.policy, elements, emptied) : []),
    ],
    text: textOf([
      ...fields.map((field) => `remove ${field}`),
      ...kept.map(({ ref }) => `replace ${ref.field} by an empty rule, which keeps default deny`),
    ]),
  };
}

/** What to remove from one rule element; `all` of it; or undefined where rows and columns are not enough. */
function deadParts(rule: Rule, { units, dead }: RepairInput): readonly FieldPath[] | 'all' | undefined {
  const own = units.filter((unit) => unit.rule === rule);
  const items = Map.groupBy(own, ({ field }) => field);
  const hasNames = rule.ports.kind === 'list' && (rule.ports.names ?? []).length > 0;
  const isDead = (some: readonly Unit[]): boolean => some.every((unit) => dead.has(unit));
  const deadItems = hasNames ? [] : [...items].filter(([, some]) => isDead(some)).map(([field]) => field);
  if (deadItems.length === items.size) return 'all';
  const left = own.filter(({ field }) => !deadItems.includes(field));
  const ports = Map.groupBy(left, portField);
  const deadPorts = [...ports].filter(([, some]) => isDead(some)).map(([field]) => field);
  const isDone = left.every((unit) => !dead.has(unit) || deadPorts.includes(portField(unit)));
  return isDone ? [...deadItems, ...portRemovals(deadPorts, rule)] : undefined;
}

function portField({ ranges, field }: Unit): FieldPath {
  return ranges[0]?.ref.field ?? field;
}

/** A list of ports that would be left empty allows nothing by itself: it goes with its last port. */
function portRemovals(fields: readonly FieldPath[], { ports }: Rule): readonly FieldPath[] {
  const written = ports.kind === 'any' ? [] : [...ports.items, ...(ports.names ?? [])].map(({ ref }) => ref.field);
  const lists = Map.groupBy([...new Set(written)], listOf);
  const removals = new Set<FieldPath>();
  for (const field of fields) {
    const list = lists.get(listOf(field)) ?? [];
    const isWhole = list.every((other) => fields.includes(other));
    removals.add(isWhole && field.includes('.toPorts[') ? elementAround(field) : field);
  }
  return [...removals];
}

/** `spec.ingress[0].toPorts[1].ports[2]` -> `spec.ingress[0].toPorts[1]` */
function elementAround(field: FieldPath): FieldPath {
  return field.slice(0, field.lastIndexOf('.'));
}

/** `spec.ingress[0]` -> `spec.ingress` */
function listOf(field: FieldPath): FieldPath {
  return field.slice(0, field.lastIndexOf('['));
}

function emptiedLists(elements: readonly Rule[], rules: readonly Rule[]): readonly FieldPath[] {
  const lists = Map.groupBy(rules, ({ ref }) => listOf(ref.field));
  return [...lists].filter(([, members]) => members.every((rule) => elements.includes(rule))).map(([list]) => list);
}

function firstOf(list: FieldPath, elements: readonly Rule[]): Rule | undefined {
  return elements.find(({ ref }) => listOf(ref.field) === list);
}

/** A NetworkPolicy without rules of a direction isolates only if its policyTypes say so. */
function keepIsolation(
  { spec }: NetworkPolicy,
  elements: readonly Rule[],
  emptied: readonly FieldPath[],
): readonly JsonPatchOperation[] {
  const directions = new Set(
    elements.filter(({ ref }) => emptied.includes(listOf(ref.field))).map((rule) => rule.direction),
  );
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

/** Compares indices as numbers. */
function byPlaceDescending(a: FieldPath, b: FieldPath): number {
  const [left, right] = [segments(a), segments(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [x = '', y = ''] = [left[index], right[index]];
    if (x !== y) return Number(y) - Number(x) || (x < y ? 1 : -1);
  }
  return right.length - left.length;
}

function segments(field: FieldPath): readonly string[] {
  return field.replaceAll(']', '').split(/[.[]/);
}
