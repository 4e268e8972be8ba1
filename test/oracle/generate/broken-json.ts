/**
 * An object with one place changed to something that a decoder or a schema may not expect there.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import type { Json } from './json.ts';

type Path = readonly (string | number)[];

const INSTEAD: readonly unknown[] = [
  null,
  null,
  null,
  {},
  [],
  '',
  'x',
  '80',
  0,
  8,
  -1,
  1.5,
  true,
  [null],
  ['x'],
  [{}],
  { x: 'y' },
  { matchLabels: { a: 'b' } },
];

/** Any place but the kind and the name of the object. */
export function withOddPlace(object: Json, random: Random): Json {
  const paths = [...placesIn(object, [])].filter(([first]) => first === 'spec' || first === 'specs');
  return replaced(object, pick(paths, random), pick(INSTEAD, random)) as Json;
}

function* placesIn(value: unknown, path: Path): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inside] of Object.entries(value)) {
    yield* placesIn(inside, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function replaced(value: unknown, [step, ...rest]: Path, instead: unknown): unknown {
  if (step === undefined) return instead;
  if (Array.isArray(value)) {
    return value.map((inside: unknown, index) => (index === step ? replaced(inside, rest, instead) : inside));
  }
  const fields = Object.entries(value as object) as [string, unknown][];
  return Object.fromEntries(
    fields.map(([key, inside]) => [key, key === step ? replaced(inside, rest, instead) : inside]),
  );
}
