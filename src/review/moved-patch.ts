/**
 * Where a patch for the submitted object lands once other patches were applied to it: what stands behind an element that was
 * taken out of a list moves up.
 *
 * Cost: O(operations x operations).
 */
import type { JsonPatch, JsonPatchOperation } from '../checks/check.ts';
import { parsePointer } from '../cilium/json-pointer.ts';

type Tokens = readonly string[];

/** Whether `patch`, made for the object as it was before `applied`, is `other`, made for what came out of that. */
export function movesTo(patch: JsonPatch, applied: JsonPatch, other: JsonPatch): boolean {
  if (patch.length !== other.length) return false;
  const removed = applied.flatMap(removedElement);
  return patch.every((operation, index) => isMoved(operation, other[index], removed));
}

/** The target of a removal, where it reads as an element of a list. */
function removedElement({ op, path }: JsonPatchOperation): readonly Tokens[] {
  const tokens = parsePointer(path) ?? [];
  return op === 'remove' && isIndex(tokens.at(-1)) ? [tokens] : [];
}

function isMoved(
  operation: JsonPatchOperation,
  other: JsonPatchOperation | undefined,
  removed: readonly Tokens[],
): boolean {
  const target = removed.reduce<Tokens | undefined>(
    (tokens, element) => tokens && movedUp(tokens, element),
    parsePointer(operation.path),
  );
  const isSameTarget = JSON.stringify(target) === JSON.stringify(parsePointer(other?.path ?? ''));
  return isSameTarget && JSON.stringify({ ...operation, path: '' }) === JSON.stringify({ ...other, path: '' });
}

/** undefined: it was in the element that is gone. */
function movedUp(tokens: Tokens, element: Tokens): Tokens | undefined {
  const depth = element.length - 1;
  const own = tokens[depth];
  const isInList = isIndex(own) && element.slice(0, depth).every((token, index) => token === tokens[index]);
  if (!isInList) return tokens;
  const distance = Number(own) - Number(element[depth]);
  if (distance === 0) return undefined;
  return distance < 0 ? tokens : tokens.with(depth, String(Number(own) - 1));
}

function isIndex(token: string | undefined): token is string {
  return token !== undefined && /^(?:0|[1-9]\d*)$/.test(token);
}
