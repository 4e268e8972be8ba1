/**
 * What a file holds, before anybody knows what it means: objects, lists of objects, and places that cannot be read.
 *
 * Lists hand out their items one by one, so that a list of any length costs one item of memory.
 */
import type { Segment } from '../kubernetes/decode/field-path.ts';
import { isObject } from '../kubernetes/decode/node.ts';

/**
 * The most documents and items of one file that are handed out, and one more to tell that there are. Several times what a
 * large cluster stores of one kind; each costs microseconds, however small it is.
 */
export const MAX_OBJECTS = 500_000;

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column?: number;
}

/** A key that stood in the same mapping before; the later value counts. */
export interface RepeatedLine {
  readonly key: string;
  readonly line: number;
}

export interface RawObject extends Place {
  readonly kind: 'object';
  readonly value: unknown;
  /** Absent where the format was not looked at for them. */
  readonly repeated?: readonly RepeatedLine[];
  /** The line of a field, or of what stands nearest above it. Reads the text again: for messages, not for every object. */
  readonly lineOf: (path: readonly Segment[]) => number;
}

export interface Broken extends Place {
  readonly kind: 'broken';
  /** One sentence. */
  readonly reason: string;
}

/** An object whose kind ends in `List`: PodList, or List itself, whose items say what they are. */
export interface RawList extends Place {
  readonly kind: 'list';
  readonly apiVersion: unknown;
  readonly listKind: string;
  /** Not counted beyond MAX_OBJECTS. */
  readonly count: number;
  /** In the whole list, where it was read at once; else its items have them. */
  readonly repeated?: readonly RepeatedLine[];
  readonly items: Iterable<RawObject | Broken>;
}

export type RawDocument = RawObject | RawList | Broken;

export function isListKind(kind: unknown): kind is string {
  return typeof kind === 'string' && kind.endsWith('List');
}

export type ListType = Pick<RawList, 'apiVersion' | 'listKind'>;

/** What the kind of a list says about its items: those of a PodList need not say that they are Pods. */
export type ItemType = { readonly apiVersion: unknown; readonly kind: string } | undefined;

/** Lists that Go programs write name the kind of their items once, in their own kind. */
export function itemTypeOf({ apiVersion, listKind }: ListType): ItemType {
  return listKind === 'List' ? undefined : { apiVersion, kind: listKind.slice(0, -'List'.length) };
}

/** An item with the type of its list, where it has none of its own. */
export function typed(value: unknown, type: ItemType): unknown {
  return type !== undefined && isObject(value) ? { ...type, ...value } : value;
}
