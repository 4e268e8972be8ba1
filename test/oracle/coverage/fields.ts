/**
 * What random cases reached: for each field of a case, how often it was in one that Cilium takes whole and the product answers
 * alike, in one where Cilium refuses something, in one that differs, and in one that the product does not cover.
 *
 * A row whose first number is 0 has not been tested, whatever the total says.
 */
import type { Answer } from '../ask.ts';
import type { Case } from '../case.ts';
import type { Outcome } from '../compare.ts';

const COLUMNS = ['taken', 'refused', 'bounded', 'undecided', 'different', 'not-covered'] as const;
type Column = (typeof COLUMNS)[number];
type Row = Record<Column, number>;

/** Fields below these have keys that are data. */
const KEYED_BY_DATA = new Set(['matchLabels', 'labels', 'dns', 'namedPorts', 'fixedIdentityMapping']);
/** What every object has. */
const OF_NO_INTEREST = new Set(['kind', 'apiVersion', 'metadata', 'name', 'op']);

export class FieldCoverage {
  readonly #rows = new Map<string, Row>();

  add(asked: Case, outcome: Outcome): void {
    for (const name of new Set([...fieldsIn(asked)].map(feature))) {
      const row = this.#rows.get(name) ?? emptyRow();
      row[columnOf(outcome)]++;
      this.#rows.set(name, row);
    }
  }

  *lines(): Generator<string> {
    yield `${COLUMNS.map((column) => column.padStart(11)).join(' ')}  feature`;
    for (const [name, row] of [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield `${COLUMNS.map((column) => String(row[column]).padStart(11)).join(' ')}  ${name}`;
    }
  }
}

function emptyRow(): Row {
  return { taken: 0, refused: 0, bounded: 0, undecided: 0, different: 0, 'not-covered': 0 };
}

function columnOf({ kind, answer }: Outcome): Column {
  if (kind !== 'equal') return kind;
  return isTaken(answer) ? 'taken' : 'refused';
}

/** Cilium takes everything that the case has: configuration, policies. */
function isTaken({ ok, parseErrors, resolveError }: Answer): boolean {
  return ok !== false && parseErrors === undefined && resolveError === undefined;
}

/** Rules of both directions are one feature, denies another; so are both Cilium kinds, and their peers. */
function feature(path: string): string {
  return path
    .replace(/Cilium(Clusterwide)?NetworkPolicy[.]specs?/, 'CiliumPolicy')
    .replace(/question[.]object[.]specs?/, 'CiliumPolicy')
    .replace(/[.](ingress|egress)Deny\b/, '.denies')
    .replace(/[.](ingress|egress)\b/, '.rules')
    .replace(/(rules|denies)[.](from|to)(?!Ports|FQDNs|Services)/, '$1.peers');
}

/** The fields of a case, each once. */
export function fieldsIn({ op, question, world }: Case): ReadonlySet<string> {
  return new Set(world === undefined ? fieldsOf(question, `${op} question`) : fieldsOf(world, op));
}

function* fieldsOf(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const inside of value) yield* fieldsOf(inside, path);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { kind } = value as { readonly kind?: unknown };
  const inList = path.endsWith('.policies') && typeof kind === 'string';
  const here = inList ? `${path.slice(0, -'.policies'.length)} ${kind}` : path;
  for (const [key, inside] of Object.entries(value)) {
    if (OF_NO_INTEREST.has(key)) continue;
    yield `${here}.${key}`;
    if (!KEYED_BY_DATA.has(key)) yield* fieldsOf(inside, `${here}.${key}`);
  }
}
