/**
 * Warnings as the API server lets them through: short, plain, few, the most important first.
 *
 * Source: k8s.io/apiserver, warning recorder: above 4,096 characters in all, each is cut to 256 and the rest dropped.
 */
import { oneLine } from '../plain-text.ts';

const LONGEST = 256;
const MOST = 10;
const LONGEST_TOGETHER = 4_096;

export function warningsOf(messages: readonly string[]): readonly string[] {
  const distinct = [...new Set(messages.map((message) => oneLine(message, LONGEST)))];
  if (distinct.length <= MOST) return withinLimit(distinct);
  return withinLimit([...distinct.slice(0, MOST - 1), `${distinct.length - MOST + 1} more findings`]);
}

function withinLimit(warnings: readonly string[]): readonly string[] {
  let left = LONGEST_TOGETHER;
  return warnings.filter((warning) => {
    left -= warning.length;
    return left >= 0;
  });
}
