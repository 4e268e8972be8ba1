/**
 * The product's answer beside Cilium's, for a batch of cases.
 */
import { isDeepStrictEqual } from 'node:util';
import { ask, type Answer } from './ask.ts';
import type { Case } from './case.ts';
import { judge } from './judge.ts';
import type { OracleBuild } from './minors.ts';
import { productAnswer, type ProductAnswer } from './product.ts';

type Judged = Readonly<Record<string, unknown>>;

export type Outcome =
  /** `accepted` says whether Cilium takes what the case has: configuration, policies. */
  | { readonly kind: 'equal'; readonly accepted: boolean }
  | { readonly kind: 'not-covered'; readonly feature: string }
  /** Cilium gave several answers, and the product's is one of them, or that there are several. */
  | { readonly kind: 'undecided' }
  /** `admitted` is false where the schema of the CRD keeps the object out, so that no agent sees it. */
  | { readonly kind: 'different'; readonly product: Judged; readonly cilium: Judged; readonly admitted: boolean };

type Different = Extract<Outcome, { kind: 'different' }>;

/**
 * How often Cilium is asked again where it differs: the order of a Go map may have decided. Of a map of two keys the rarer
 * order comes once in eight times.
 */
const REPETITIONS = 64;

/** A difference stays one unless Cilium, asked again, is undecided. */
export async function compare(build: OracleBuild, cases: readonly Case[]): Promise<readonly Outcome[]> {
  const outcomes = await compareOnce(build, cases);
  const again = cases.filter((_, index) => outcomes[index]?.kind === 'different');
  const repeated = await compareOnce(
    build,
    again.flatMap((asked) => Array.from({ length: REPETITIONS }, () => asked)),
  );
  let settled = 0;
  return outcomes.map((outcome) => {
    if (outcome.kind !== 'different') return outcome;
    const seen = repeated.slice(settled, (settled += REPETITIONS));
    return isUndecided(outcome, seen) ? { kind: 'undecided' } : outcome;
  });
}

/** Cilium gives the product's answer as well, or several where the product says that there are several. */
function isUndecided({ product, cilium }: Different, seen: readonly Outcome[]): boolean {
  if (product['nondeterministic'] !== true) return seen.some(({ kind }) => kind === 'equal');
  return seen.some((again) => again.kind === 'different' && !isDeepStrictEqual(again.cilium, cilium));
}

/** Asks Cilium once. */
export async function compareOnce(build: OracleBuild, cases: readonly Case[]): Promise<readonly Outcome[]> {
  const answers = await ask(
    build,
    cases.map((one) => JSON.stringify(one)),
  );
  return cases.map((one, index) => outcomeOf(one, productOf(one), answers[index] ?? {}));
}

/** A product that throws has answered wrong. */
function productOf(asked: Case): ProductAnswer {
  try {
    return productAnswer(asked);
  } catch (error) {
    return { kind: 'answer', answer: { error: `throws: ${String(error)}` } };
  }
}

function outcomeOf({ op }: Case, product: ProductAnswer, cilium: Answer): Outcome {
  if (product.kind === 'not-covered') return product;
  const mine = comparable(op, product.answer);
  const theirs = comparable(op, cilium);
  if (isDeepStrictEqual(mine, theirs)) return { kind: 'equal', accepted: isAccepted(cilium) };
  return { kind: 'different', product: mine, cilium: theirs, admitted: isAdmitted(cilium) };
}

function comparable(op: string, answer: Answer): Judged {
  if (op === 'sanitize' && 'ok' in answer) return { ...judge(op, answer), admitted: isAdmitted(answer) };
  if (op !== 'map' || !('entries' in answer)) return judge(op, answer);
  const { ingressEnforced, egressEnforced, resolveError } = answer;
  return resolveError !== undefined ? judge(op, answer) : { ...judge(op, answer), ingressEnforced, egressEnforced };
}

/** By the schema alone: an API server prunes fields that it does not know, and refuses nothing for them. */
function isAdmitted({ crd }: Answer): boolean {
  const verdict = crd as { readonly ok: boolean; readonly beyondSchema?: true } | undefined;
  return verdict === undefined || verdict.ok || verdict.beyondSchema === true;
}

function isAccepted({ ok, parseErrors, resolveError }: Answer): boolean {
  return ok !== false && parseErrors === undefined && resolveError === undefined;
}
