/**
 * A line of a case file -> a line that an oracle, or the product's answering program, takes.
 *
 * Two forms are read: `{op, question | world}`, and the recorded form with its answers, where the op stands in the question.
 */
export interface Case {
  readonly cilium: string;
  readonly op: string;
  readonly question?: unknown;
  readonly world?: unknown;
}

interface Written {
  readonly op?: string;
  readonly question?: { readonly op?: string };
  readonly world?: unknown;
}

/** Whatever version the line names, this one is asked. */
export function caseFor(cilium: string, line: unknown): Case {
  const { op, question, world } = line as Written;
  if (world !== undefined) return { cilium, op: 'map', world };
  const asked = op ?? question?.op;
  if (asked === undefined) throw new Error('a case has a world, or an op with a question');
  return { cilium, op: asked, question };
}
