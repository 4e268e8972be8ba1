/**
 * The fields that are passed over, found by the bytes of their names.
 *
 * Cost: a name is compared with those of its length.
 */
import type { PassedOver } from '../decode/passed-over.ts';

interface Field {
  readonly name: Uint8Array;
  readonly below: CutPlan | 'all';
}

export class CutPlan {
  readonly #byLength: (readonly Field[] | undefined)[] = [];

  constructor(fields: PassedOver) {
    for (const [field, below] of Object.entries(fields)) {
      const name = Buffer.from(field);
      const others = this.#byLength[name.length] ?? [];
      this.#byLength[name.length] = [...others, { name, below: below === 'all' ? below : new CutPlan(below) }];
    }
  }

  /** What is passed over below the field whose name is written here; undefined: nothing. */
  below(bytes: Uint8Array, start: number, end: number): CutPlan | 'all' | undefined {
    const fields = this.#byLength[end - start];
    if (fields === undefined) return undefined;
    for (const { name, below } of fields) if (isAt(bytes, start, name)) return below;
    return undefined;
  }
}

function isAt(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) if (bytes[start + index] !== name[index]) return false;
  return true;
}
