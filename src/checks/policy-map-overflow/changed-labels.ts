/**
 * The labels of an update that give pods another identity: what its author can leave as it was.
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import type { Labels } from '../../cilium/objects.ts';
import type { ChangeContext } from '../context.ts';
import { shapesOf } from '../facts/minting.ts';

/** Sorted by arrival. None for a creation: nothing was there before. */
export function changedLabels({ current, submission: { change } }: ChangeContext): readonly string[] {
  if (change.op === 'update' && change.after.kind === 'Namespace' && change.before.kind === 'Namespace') {
    return changedKeys(change.before.labels, change.after.labels);
  }
  const shapes = shapesOf(change, current);
  if (shapes?.before === undefined) return [];
  const identities = [shapes.before, shapes.after].map((shape) => current.identityOfShape(shape, shapes.namespace));
  const relevant = identities.flatMap((identity) => (identity.kind === 'global' ? [identity.labels] : []));
  return changedKeys(shapes.before.labels, shapes.after.labels).filter((key) => isAmong(relevant, key));
}

function changedKeys(before: Labels, after: Labels): readonly string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key));
}

function isAmong(identities: readonly LabelArray[], key: string): boolean {
  return identities.some((labels) => labelOf(labels, key) !== undefined);
}
