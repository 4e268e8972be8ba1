/**
 * Documents of files -> events: the objects of the model, what was skipped, and what is wrong.
 *
 * Invariant: of two objects with one kind, namespace and name the first is handed out and the second is a problem, unless
 * the caller wants a history, in which a later one follows the former.
 * Cost: one entry of a map for each object seen.
 */
import { formatRef, refOf, type ClusterObject } from '../cilium/objects.ts';
import type { FieldPath } from '../cilium/field-path.ts';
import { decodeAs, formatFieldError, groupVersionKindOf } from '../kubernetes/decode/decode-object.ts';
import { withServerDefaults } from '../kubernetes/decode/defaults.ts';
import { parseFieldPath } from '../kubernetes/decode/field-path.ts';
import { kindEntry, type KindEntry } from '../kubernetes/decode/kinds.ts';
import { snapshotPart } from '../snapshot/snapshot-format.ts';
import { formatOrigin, originOf, type FileEvent, type Origin } from './file-event.ts';
import { FirstPlaces } from './first-places.ts';
import { nameFault } from './object-names.ts';
import {
  itemTypeOf,
  typed,
  type Broken,
  type ItemType,
  type RawDocument,
  type RawList,
  type RawObject,
  type RepeatedLine,
} from './raw-document.ts';
import { SkipCounts, unreadKind } from './unread-kinds.ts';

export interface ManifestOptions {
  /** For namespaced objects that name none. */
  readonly namespace: string;
  /** Whether one object may come twice: in a cluster it may not, in a series of submissions it may. */
  readonly repeats: 'refuse' | 'keep';
  /** That are read beside those of every cluster. */
  readonly customKinds: readonly KindEntry[];
  /** In one file: documents, and items of lists. At most MAX_OBJECTS. */
  readonly maxObjects: number;
}

export class ManifestObjects {
  readonly #options: ManifestOptions;
  readonly #first = new FirstPlaces();
  #serial = 0;

  constructor(options: ManifestOptions) {
    this.#options = options;
  }

  /** The events of one file. What is skipped comes last, counted by reason. */
  *read(file: string, documents: Iterable<RawDocument>): Generator<FileEvent> {
    const skipped = new SkipCounts(file);
    let left = this.#options.maxObjects;
    for (const document of documents) {
      left -= document.kind === 'list' ? document.count : 1;
      if (left < 0) {
        const reason = `more than ${this.#options.maxObjects} objects in one file: from here on it is not read`;
        yield { type: 'problem', reason, origin: originOf(file, document) };
        break;
      }
      const part = document.kind === 'object' ? snapshotPart(document.value) : undefined;
      if (part?.kind === 'refused') {
        yield { type: 'problem', reason: part.reason, origin: originOf(file, document) };
        break;
      }
      if (part?.kind === 'learned-names') yield { ...part, type: 'dns-cache', origin: originOf(file, document) };
      else if (part !== undefined) continue;
      else if (document.kind === 'list') yield* this.#list(file, document, skipped);
      else yield* this.#object(file, document, undefined, skipped);
    }
    yield* skipped.events();
  }

  *#list(file: string, list: RawList, skipped: SkipCounts): Generator<FileEvent> {
    const type = itemTypeOf(list);
    const unread = type === undefined ? undefined : unreadKind(type, this.#options.customKinds);
    if (unread !== undefined) {
      skipped.add(unread, list.line, list.count);
      return;
    }
    yield* repeatedNotes(file, list.repeated);
    for (const item of list.items) yield* this.#object(file, item, type, skipped);
  }

  *#object(file: string, raw: RawObject | Broken, type: ItemType, skipped: SkipCounts): Generator<FileEvent> {
    if (raw.kind === 'broken') {
      yield { type: 'problem', reason: raw.reason, origin: originOf(file, raw) };
      return;
    }
    const value = typed(raw.value, type);
    const unread = unreadKind(value, this.#options.customKinds);
    if (unread === undefined) {
      yield* repeatedNotes(file, raw.repeated);
      yield this.#decoded(file, { ...raw, value });
    } else if (raw.value !== null && raw.value !== undefined) {
      skipped.add(unread, raw.line, 1);
    }
  }

  /** For a value of which it is known that it is an object of a kind that is read. */
  #decoded(file: string, raw: RawObject): FileEvent {
    const gvk = groupVersionKindOf(raw.value);
    const entry = gvk.ok ? kindEntry(gvk.value, this.#options.customKinds) : undefined;
    if (entry === undefined) throw new Error(`${formatOrigin(originOf(file, raw))} is of no kind that is read`);
    const lineOf = (field: FieldPath): number => raw.lineOf(parseFieldPath(field) ?? []);
    const serial = this.#serial++;
    const filled = withServerDefaults(raw.value, entry, { namespace: this.#options.namespace, serial });
    const decoded = decodeAs(entry, filled);
    if (!decoded.ok) {
      const origin = { file, line: lineOf(decoded.error.path) };
      return { type: 'problem', reason: formatFieldError(decoded.error), origin };
    }
    const misnamed = nameFault(decoded.value);
    if (misnamed !== undefined) {
      const origin = { file, line: lineOf(misnamed.path) };
      return { type: 'problem', reason: formatFieldError(misnamed), origin };
    }
    const origin = originOf(file, raw);
    const repeat = this.#repeatOf(decoded.value, origin);
    return repeat ?? { type: 'object', object: decoded.value, raw: filled, origin, lineOf };
  }

  #repeatOf(object: ClusterObject, origin: Origin): FileEvent | undefined {
    if (this.#options.repeats === 'keep') return undefined;
    const first = this.#first.meet(object, origin);
    if (first === undefined) return undefined;
    const reason = `${formatRef(refOf(object))} stands here again, first in ${formatOrigin(first)}`;
    return { type: 'problem', reason, origin };
  }
}

function* repeatedNotes(file: string, repeated: readonly RepeatedLine[] = []): Generator<FileEvent> {
  for (const { key, line } of repeated) {
    yield { type: 'note', reason: `key "${key}" stands here again: the last one counts`, origin: { file, line } };
  }
}
