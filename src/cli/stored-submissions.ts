/**
 * Objects of a source as they are written, read once more: the model does not hold them, and a fix is a patch of what is written.
 *
 * Cost: reads the source again, unless nothing of it is asked for.
 */
import type { Submission } from '../checks/check.ts';
import { formatRef, refOf, type ObjectRef } from '../cilium/objects.ts';
import type { KindEntry } from '../kubernetes/decode/kinds.ts';
import { fileSubmission } from '../kubernetes/submission.ts';
import { readFiles } from '../sources/files.ts';

/** As if each were new. Nothing of what came from a pipe, which is read only once. */
export async function storedSubmissions(
  paths: readonly string[],
  refs: readonly ObjectRef[],
  customKinds: readonly KindEntry[],
): Promise<readonly Submission[]> {
  const wanted = new Set(refs.map(formatRef));
  const found = new Map<string, Submission>();
  for await (const event of readFiles(wanted.size === 0 ? [] : paths.filter((path) => path !== '-'), { customKinds })) {
    if (event.type !== 'object' || !wanted.has(formatRef(refOf(event.object)))) continue;
    const submission = fileSubmission({ raw: event.raw, customKinds });
    if (submission.ok) found.set(formatRef(refOf(event.object)), submission.value);
  }
  return [...found.values()];
}
