/**
 * JSON text -> documents: one object, a list, or several of them one after another (NDJSON, `jq` output).
 *
 * Items of a list are parsed one by one: 200 MB of pods never stand in memory as parsed objects at once.
 * Cost: one pass for the ends of values and what is cut, and JSON.parse of what is left of each object that is asked for.
 */
import type { Segment } from '../kubernetes/decode/field-path.ts';
import type { CutPlan } from '../kubernetes/json/cut-plan.ts';
import { textWithout } from '../kubernetes/json/cuts.ts';
import { OPEN_BRACE, OPEN_BRACKET } from '../kubernetes/json/sound-json.ts';
import type { ItemCuts } from './item-cuts.ts';
import { columnAt, faultIn, parseJson, whatOf } from './json-faults.ts';
import { JsonScanner, type Member, type Span } from './json-scanner.ts';
import {
  isListKind,
  itemTypeOf,
  MAX_OBJECTS,
  typed,
  type Broken,
  type ListType,
  type RawDocument,
  type RawList,
  type RawObject,
} from './raw-document.ts';

/**
 * Stops at the first document that has no end: nothing behind it can be told apart. `cuts`: items of lists come without the parts
 * that no decoder looks at.
 */
export function* jsonDocuments(bytes: Buffer, cuts?: ItemCuts): Generator<RawDocument> {
  const scanner = new JsonScanner(bytes);
  while (scanner.peek() !== undefined) {
    const { line, offset } = scanner;
    const document = documentAt(bytes, scanner, cuts);
    if (document === undefined) {
      yield { kind: 'broken', line, ...columnAt(bytes, offset), reason: 'this JSON value is cut off or has no start' };
      return;
    }
    yield document;
  }
}

/** Where it is no object that holds together, it is gone through once more for its end. */
function documentAt(bytes: Buffer, scanner: JsonScanner, cuts: ItemCuts | undefined): RawDocument | undefined {
  const mark = scanner.mark();
  const outline = outlineAt(bytes, scanner, cuts);
  if (outline !== undefined) return listOf(bytes, outline, cuts) ?? objectAt(bytes, outline.span);
  scanner.back(mark);
  const span = scanner.value();
  return span && objectAt(bytes, span);
}

const LIST_MEMBERS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'items']);

/** An object, and what of it a list has. */
interface Outline {
  readonly span: Span;
  readonly members: ReadonlyMap<string, Member>;
}

function outlineAt(bytes: Buffer, scanner: JsonScanner, cuts: ItemCuts | undefined): Outline | undefined {
  const { offset: start, line } = scanner;
  const members = new Map<string, Member>();
  const planAt = cuts && ((at: number) => cuts.guess(bytes, at, () => listTypeIn(bytes, members)));
  const scan = scanner.members({ key: 'items', most: MAX_OBJECTS, planAt });
  let step = scan.next();
  for (; step.done !== true; step = scan.next()) {
    if (LIST_MEMBERS.has(step.value.key)) members.set(step.value.key, step.value);
  }
  return step.value ? { span: { start, end: scanner.offset, line }, members } : undefined;
}

/** undefined where it is none. */
function listOf(bytes: Buffer, { span, members }: Outline, cuts: ItemCuts | undefined): RawList | undefined {
  const elements = members.get('items')?.elements;
  if (elements === undefined) return undefined;
  const type = listTypeIn(bytes, members);
  if (type === undefined) return undefined;
  const itemType = itemTypeOf(type);
  const items = objectsAt(bytes, elements, (plan, value) => cuts?.isRight(plan, typed(value, itemType)) ?? false);
  return { kind: 'list', ...type, line: span.line, count: elements.length, items };
}

/** As far as it has been read. */
function listTypeIn(bytes: Buffer, members: Outline['members']): ListType | undefined {
  const listKind = valueIn(bytes, members.get('kind')?.value);
  return isListKind(listKind) ? { listKind, apiVersion: valueIn(bytes, members.get('apiVersion')?.value) } : undefined;
}

type IsRight = (plan: CutPlan, value: unknown) => boolean;

function* objectsAt(bytes: Buffer, spans: readonly Span[], isRight: IsRight): Generator<RawObject | Broken> {
  for (const span of spans) yield cutObjectAt(bytes, span, isRight) ?? objectAt(bytes, span);
}

/** undefined where nothing is cut, or another kind was guessed. */
function cutObjectAt(bytes: Buffer, span: Span, isRight: IsRight): RawObject | undefined {
  const { start, end, line, cut } = span;
  if (cut === undefined || end - start > OBJECT_LIMIT) return undefined;
  const parsed = parseJson(textWithout(bytes, start, end, cut.cuts));
  if (!parsed.ok || !isRight(cut.plan, parsed.value)) return undefined;
  return { kind: 'object', value: parsed.value, line, lineOf: (path) => lineOf(bytes, span, path) };
}

/** Far more than an API server stores. */
const OBJECT_LIMIT = 64 * 1024 * 1024;

function objectAt(bytes: Buffer, span: Span): RawObject | Broken {
  const length = span.end - span.start;
  if (length > OBJECT_LIMIT) {
    return {
      kind: 'broken',
      line: span.line,
      reason: `an object of ${length} bytes is over the limit of ${OBJECT_LIMIT}`,
    };
  }
  const text = bytes.toString('utf8', span.start, span.end);
  const parsed = parseJson(text);
  if (!parsed.ok) return { kind: 'broken', ...faultIn(text, bytes, span), reason: `not JSON: ${whatOf(parsed.error)}` };
  return { kind: 'object', value: parsed.value, line: span.line, lineOf: (path) => lineOf(bytes, span, path) };
}

/** The short value of a member; undefined where there is none. */
function valueIn(bytes: Buffer, span: Span | undefined): unknown {
  if (span === undefined || span.end - span.start > OBJECT_LIMIT) return undefined;
  const parsed = parseJson(bytes.toString('utf8', span.start, span.end));
  return parsed.ok ? parsed.value : undefined;
}

/** Walks down as far as the path goes. */
function lineOf(bytes: Buffer, object: Span, path: readonly Segment[]): number {
  let at = object;
  for (const segment of path) {
    const child = childAt(bytes, at, segment);
    if (child === undefined) break;
    at = child;
  }
  return at.line;
}

function childAt(bytes: Buffer, parent: Span, segment: Segment): Span | undefined {
  const scanner = new JsonScanner(bytes, parent);
  if (typeof segment === 'number') {
    return bytes[parent.start] === OPEN_BRACKET ? [...scanner.elements()][segment] : undefined;
  }
  if (bytes[parent.start] !== OPEN_BRACE) return undefined;
  const written = JSON.stringify(segment).slice(1, -1);
  return [...scanner.members()].findLast((member) => member.key === written)?.value;
}
