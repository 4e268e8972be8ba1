/**
 * Warnings as the API server lets them through: short, plain, few, the most important first.
 *
 * Source: k8s.io/apiserver, warning recorder: above 4,096 characters in all, each is cut to 256 and the rest dropped. Ten of
 * 256 stay below that.
 */
import { oneLine } from '../plain-text.ts';

const LONGEST = 256;
const MOST = 10;

/** Each once, none empty; the last one says how many more there are. */
export function boundedWarnings(warnings: readonly string[]): readonly string[] {
  const plain = [...new Set(warnings.map((warning) => oneLine(warning, LONGEST)))].filter((text) => text !== '');
  if (plain.length <= MOST) return plain;
  const shown = plain.slice(0, MOST - 1);
  return [...shown, `+${plain.length - shown.length} more`];
}
