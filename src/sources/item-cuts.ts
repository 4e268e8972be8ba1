/**
 * Which parts of the items of a list are passed over: guessed by kind before an item is parsed, and checked once it is.
 *
 * Invariant: an item that was cut by a guess that was wrong is parsed as a whole, so that a guess costs time at most.
 * Cost: a look at the first bytes of an item, and one at its type.
 */
import { groupVersionKindOf } from '../kubernetes/decode/decode-object.ts';
import { KINDS, kindEntry, type KindEntry } from '../kubernetes/decode/kinds.ts';
import { CutPlan } from '../kubernetes/json/cut-plan.ts';
import { itemTypeOf, type ListType } from './raw-document.ts';

const PLANS: ReadonlyMap<string, CutPlan> = new Map(
  KINDS.flatMap(({ kind, passedOver }) => (passedOver === undefined ? [] : [[kind, new CutPlan(passedOver)]])),
);

/** Whoever writes the kind first writes it here, behind the apiVersion at most. */
const LOOKED_AT = 120;
const KIND = /"kind":\s*"([A-Za-z]+)"/;

export class ItemCuts {
  readonly #customKinds: readonly KindEntry[];

  constructor(customKinds: readonly KindEntry[]) {
    this.#customKinds = customKinds;
  }

  /** For the item that starts here, in such a list. */
  guess(bytes: Buffer, start: number, list: () => ListType | undefined): CutPlan | undefined {
    const written = KIND.exec(bytes.toString('latin1', start, start + LOOKED_AT))?.[1];
    return PLANS.get(written ?? kindIn(list()) ?? '');
  }

  /** Of an item as it was parsed after the cuts, with the type that it has. */
  isRight(plan: CutPlan, value: unknown): boolean {
    const gvk = groupVersionKindOf(value);
    const entry = gvk.ok ? kindEntry(gvk.value, this.#customKinds) : undefined;
    return entry !== undefined && PLANS.get(entry.kind) === plan;
  }
}

function kindIn(list: ListType | undefined): string | undefined {
  return list && itemTypeOf(list)?.kind;
}
