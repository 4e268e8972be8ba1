/**
 * The product's answer beside Cilium's, for a batch of cases; of a world also what the second evaluator says to its flows.
 */
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isReplayed, replayedVerdicts, type AnsweredByCilium } from '../conformance/replayed-world.ts';
import type { ReplayedWorld } from '../conformance/replayed-world.ts';
import { ask, type Answer } from './ask.ts';
import type { Case } from './case.ts';
import { comparable, isWithin } from './judge.ts';
import type { OracleBuild } from './minors.ts';
import { productAnswer, type ProductAnswer } from './product.ts';

type Judged = Readonly<Record<string, unknown>>;

type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'not-covered'; readonly feature: string }
  /** The product gives bounds, and Cilium's answer is inside. */
  | { readonly kind: 'bounded' }
  /** Cilium, asked again, says something else. `isClaimed`: the product knows better which it is. */
  | { readonly kind: 'undecided'; readonly isClaimed: boolean }
  | { readonly kind: 'different'; readonly product: Judged; readonly cilium: Judged };

export type Outcome = Verdict & {
  /** Cilium's answer, whole. */
  readonly answer: Answer;
  /** Flows on which the second evaluator said something definite. */
  readonly replayed: number;
};

/**
 * How often Cilium is asked again where it differs: the order of a Go map may have decided. Of a map of two keys the rarer
 * order comes once in eight times.
 */
const REPETITIONS = 64;
/** Cases that the product answers before whoever writes to Cilium and reads from it gets a turn. */
const TURN = 8;

/** A difference stays one only if Cilium, asked again, always says the same. */
export async function compare(build: OracleBuild, cases: readonly Case[]): Promise<readonly Outcome[]> {
  const outcomes = await compareOnce(build, cases);
  const again = cases.filter((_, index) => isAskedAgain(outcomes[index]));
  const repeated = await askEach(
    build,
    again.flatMap((asked) => Array.from({ length: REPETITIONS }, () => asked)),
  );
  let settled = 0;
  return outcomes.map((outcome, index) => {
    if (!isAskedAgain(outcome)) return outcome;
    const answers = repeated.slice(settled, (settled += REPETITIONS));
    return afterAll(cases[index]?.op ?? '', outcome, answers);
  });
}

function isAskedAgain(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'different' || outcome?.kind === 'bounded';
}

function afterAll(op: string, outcome: Outcome, answers: readonly Answer[]): Outcome {
  const first = comparable(op, outcome.answer);
  const isDecided = answers.every((answer) => isDeepStrictEqual(comparable(op, answer), first));
  if (isDecided) return outcome;
  const isClaimed = outcome.kind === 'different' && outcome.product['nondeterministic'] !== true;
  return { kind: 'undecided', isClaimed, answer: outcome.answer, replayed: outcome.replayed };
}

/** Asks Cilium once, and the product meanwhile. */
export async function compareOnce(build: OracleBuild, cases: readonly Case[]): Promise<readonly Outcome[]> {
  const [answers, products] = await Promise.all([askEach(build, cases), productAnswers(cases)]);
  return cases.map((one, index) => {
    const answer = answers[index] ?? {};
    const replay = replayOf(one, answer);
    const product = products[index] ?? { kind: 'answer', answer: {} };
    return {
      ...verdictOf(one, product, answer, replay),
      answer,
      replayed: replay?.product.filter(isDefinite).length ?? 0,
    };
  });
}

function askEach(build: OracleBuild, cases: readonly Case[]): Promise<readonly Answer[]> {
  return ask(
    build,
    cases.map((one) => JSON.stringify(one)),
  );
}

async function productAnswers(cases: readonly Case[]): Promise<readonly ProductAnswer[]> {
  const answers: ProductAnswer[] = [];
  for (const asked of cases) {
    if (answers.push(productOf(asked)) % TURN === 0) await setImmediate();
  }
  return answers;
}

/** A product that throws has answered wrong. */
function productOf(asked: Case): ProductAnswer {
  try {
    return productAnswer(asked);
  } catch (error) {
    return { kind: 'answer', answer: { error: `throws: ${String(error)}` } };
  }
}

interface Replay {
  readonly product: readonly string[];
  /** `unknown` where the second evaluator says that: it contradicts nothing. */
  readonly cilium: readonly string[];
}

/** A second evaluator that throws contradicts Cilium. */
function replayOf({ op, cilium, world }: Case, answer: Answer): Replay | undefined {
  if (op !== 'map' || !('entries' in answer)) return undefined;
  const [written, answered] = [world as ReplayedWorld, answer as AnsweredByCilium];
  if (!isReplayed(answered)) return undefined;
  try {
    const product = replayedVerdicts(cilium, written, answered);
    const verdicts = answered.verdicts?.map(({ bpf }, index) => (isDefinite(product[index]) ? bpf : 'unknown'));
    return { product, cilium: verdicts ?? [] };
  } catch (error) {
    return { product: [`throws: ${String(error)}`], cilium: [] };
  }
}

function isDefinite(verdict: string | undefined): boolean {
  return verdict !== 'unknown';
}

function verdictOf({ op }: Case, product: ProductAnswer, answer: Answer, replay: Replay | undefined): Verdict {
  const agrees = isDeepStrictEqual(replay?.product, replay?.cilium);
  if (product.kind === 'not-covered' && agrees) return product;
  if (product.kind === 'answer' && agrees && isWithin(product.answer, answer)) return { kind: 'bounded' };
  const mine = product.kind === 'answer' ? comparable(op, product.answer) : {};
  const theirs = product.kind === 'answer' ? comparable(op, answer) : {};
  if (agrees && product.kind === 'answer' && isDeepStrictEqual(mine, theirs)) return { kind: 'equal' };
  return {
    kind: 'different',
    product: { ...mine, replayed: replay?.product },
    cilium: { ...theirs, replayed: replay?.cilium },
  };
}
