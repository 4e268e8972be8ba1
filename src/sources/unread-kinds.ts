/**
 * Objects that are no part of the model: why each is not read, and how many there were in a file.
 *
 * Cost: one entry for each reason.
 */
import { groupVersionKindOf } from '../kubernetes/decode/decode-object.ts';
import { formatAPIVersion, kindEntry, type GroupVersionKind, type KindEntry } from '../kubernetes/decode/kinds.ts';
import type { FileEvent } from './file-event.ts';

/** What was skipped in one file: a count and the first place for each reason. */
export class SkipCounts {
  readonly #file: string;
  readonly #counts = new Map<string, { readonly line: number; readonly count: number }>();

  constructor(file: string) {
    this.#file = file;
  }

  add(reason: string, line: number, count: number): void {
    const former = this.#counts.get(reason);
    this.#counts.set(reason, { line: former?.line ?? line, count: (former?.count ?? 0) + count });
  }

  *events(): Generator<FileEvent> {
    for (const [reason, { line, count }] of this.#counts) {
      if (count > 0) yield { type: 'skipped', reason, count, origin: { file: this.#file, line } };
    }
  }
}

/** Why an object is not read; undefined where it is. */
export function unreadKind(value: unknown, customKinds: readonly KindEntry[]): string | undefined {
  const gvk = groupVersionKindOf(value);
  if (!gvk.ok) return 'no Kubernetes object';
  if (kindEntry(gvk.value, customKinds) !== undefined) return undefined;
  const hint = HINTS.get(gvk.value.kind);
  return `${kindText(gvk.value)} is not read${hint === undefined ? '' : ` (${hint})`}`;
}

/** What the author of a kind that is no part of a cluster may have meant. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['AdmissionReview', 'post it to serve, or give the object in it'],
  ['Kustomization', 'kubectl kustomize prints its manifests'],
]);

const KIND_LIMIT = 100;

function kindText(gvk: GroupVersionKind): string {
  return `${gvk.kind} of ${formatAPIVersion(gvk)}`.slice(0, KIND_LIMIT);
}
