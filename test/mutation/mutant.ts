/**
 * A mutant: a span of a source file and what takes its place.
 */
export interface Mutant {
  /** Below the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

/** The whole file with it. `text`: the file as it is. */
export function mutated({ start, end, after }: Mutant, text: string): string {
  return text.slice(0, start) + after + text.slice(end);
}
