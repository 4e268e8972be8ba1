/**
 * In which label keys two identities differ.
 *
 * Cost: O(labels), as both arrays are sorted by key.
 */
import { compareBytes, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { isPodLabel } from '../facts/pod-label.ts';

/** Sorted. undefined where they differ in something that is not a pod label. */
export function differingPodKeys(a: LabelArray, b: LabelArray): readonly string[] | undefined {
  const keys: string[] = [];
  for (const label of differingLabels(a, b)) {
    if (!isPodLabel(label)) return undefined;
    if (keys.at(-1) !== label.key) keys.push(label.key);
  }
  return keys;
}

/** Number of keys in which they differ. */
export function distance(a: LabelArray, b: LabelArray): number {
  return new Set([...differingLabels(a, b)].map(({ key }) => key)).size;
}

/** What one has and the other has not or has otherwise; a key with two values comes twice, one after the other. */
function* differingLabels(a: LabelArray, b: LabelArray): Iterable<Label> {
  let next = 0;
  for (const label of a) {
    let other = b[next];
    for (; other !== undefined && compareBytes(other.key, label.key) < 0; other = b[next]) {
      yield other;
      next += 1;
    }
    if (other === undefined || other.key !== label.key) {
      yield label;
      continue;
    }
    next += 1;
    if (other.source === label.source && other.value === label.value) continue;
    yield label;
    yield other;
  }
  yield* b.slice(next);
}
