/**
 * What a renderer is: a pure function from a result to text. It knows the result types and nothing else.
 */
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import type { Explanation } from '../review/explanations.ts';
import type { CheckResult, Report } from '../review/results.ts';

export type Rendered = CheckResult | Report | Explanation | LoggedDecision;

/** The whole text, with a line feed at its end. */
export type Renderer = (result: Rendered) => string;
