/**
 * In which labels a label set is not like most of them. A value that few have is masked, so that label sets which differ in such
 * values alone deviate alike.
 *
 * Cost: O(labels).
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { valueText, type LabelProfile, type ValueText } from './label-counts.ts';

/** A label that is not the usual one. */
export interface Deviation {
  readonly key: string;
  /** undefined: it has no such label. */
  readonly source: string | undefined;
  /** undefined: one of those that few have. */
  readonly value: ValueText | undefined;
}

export function deviationsOf(labels: LabelArray, { usual, frequent }: LabelProfile): readonly Deviation[] {
  const deviations: Deviation[] = [];
  for (const label of labels) {
    const { key, source } = label;
    const text = valueText(label);
    const other = usual.get(key);
    if (other !== undefined && valueText(other) === text) continue;
    deviations.push({ key, source, value: frequent.get(key)?.has(text) === true ? text : undefined });
  }
  for (const key of usual.keys()) {
    if (labelOf(labels, key) === undefined) deviations.push({ key, source: undefined, value: undefined });
  }
  return deviations;
}

/** One string for each list of deviations, whatever characters keys and values have. */
export function deviationsText(deviations: readonly Deviation[]): string {
  return JSON.stringify(deviations.map(({ key, source, value }) => [key, source ?? 0, value ?? 0]));
}
