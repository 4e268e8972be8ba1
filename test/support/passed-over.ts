/**
 * What it means that fields are passed over, on parsed JSON: for comparison with what is cut from bytes.
 */
import type { PassedOver } from '../../src/kubernetes/decode/passed-over.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The value without the fields. */
export function without(value: unknown, passedOver: PassedOver): unknown {
  return eachObject(value, (object) =>
    Object.fromEntries(
      Object.entries(object).flatMap(([name, field]) => {
        const below = Object.hasOwn(passedOver, name) ? passedOver[name] : undefined;
        if (below === 'all') return [];
        return [[name, below === undefined ? field : without(field, below)]];
      }),
    ),
  );
}

/** The value with something in each of the fields, as far as there are objects for them. */
export function filled(value: unknown, passedOver: PassedOver, something: unknown): unknown {
  return eachObject(value, (object) => {
    const fields = Object.entries(passedOver).flatMap(([name, below]) => {
      if (below === 'all') return [[name, something] as const];
      return Object.hasOwn(object, name) ? [[name, filled(object[name], below, something)] as const] : [];
    });
    return { ...object, ...Object.fromEntries(fields) };
  });
}

/** Of the object, or of each in the list. */
function eachObject(value: unknown, change: (object: Fields) => Fields): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => (isFields(element) ? change(element) : element));
  return isFields(value) ? change(value) : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
