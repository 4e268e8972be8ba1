/**
 * What random cases reached: for each field that a case has, how often it was in a case that was compared, refused by Cilium,
 * or not covered by the product. A field that is never in an accepted case has not been tested.
 */
import type { Case } from './case.ts';
import type { Outcome } from './compare.ts';

interface Row {
  accepted: number;
  refused: number;
  notCovered: number;
}

/** Fields below these have keys that are data. */
const KEYED_BY_DATA = new Set(['matchLabels', 'labels', 'dns', 'namedPorts', 'fixedIdentityMapping']);

export class Coverage {
  readonly #rows = new Map<string, Row>();
  readonly #features = new Map<string, number>();

  add(asked: Case, outcome: Outcome): void {
    if (outcome.kind === 'not-covered') {
      this.#features.set(outcome.feature, (this.#features.get(outcome.feature) ?? 0) + 1);
    }
    for (const name of fieldsIn(asked)) {
      const row = this.#rows.get(name) ?? { accepted: 0, refused: 0, notCovered: 0 };
      if (outcome.kind === 'not-covered') row.notCovered++;
      else if (outcome.kind === 'equal' && outcome.accepted) row.accepted++;
      else row.refused++;
      this.#rows.set(name, row);
    }
  }

  *lines(): Generator<string> {
    yield `${'accepted'.padStart(9)} ${'refused'.padStart(9)} ${'not cov.'.padStart(9)}  field`;
    for (const [name, { accepted, refused, notCovered }] of [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield `${String(accepted).padStart(9)} ${String(refused).padStart(9)} ${String(notCovered).padStart(9)}  ${name}`;
    }
    for (const [feature, count] of [...this.#features].sort(([, a], [, b]) => b - a))
      yield `not covered: ${feature}: ${count}`;
  }
}

/** The fields of a case, each once; two cases with the same fields are of one shape. */
export function fieldsIn({ op, question, world }: Case): ReadonlySet<string> {
  return new Set(fieldsOf(world ?? question, op));
}

function* fieldsOf(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const inside of value) yield* fieldsOf(inside, path);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { kind } = value as { readonly kind?: unknown };
  const here =
    typeof kind === 'string' && path.endsWith('.policies') ? `${path.slice(0, -'.policies'.length)} ${kind}` : path;
  for (const [key, inside] of Object.entries(value)) {
    if (key === 'kind' || key === 'apiVersion' || key === 'metadata') continue;
    yield `${here}.${key}`;
    if (!KEYED_BY_DATA.has(key)) yield* fieldsOf(inside, `${here}.${key}`);
  }
}
