/**
 * What is said of exemptions that have no effect any more: a sentence each.
 */
import { utcText } from '../plain-text.ts';
import { isExpired, type DecisionRules } from '../review/decision-rules.ts';

/** `now`: in milliseconds since 1970. */
export function expiredExemptions({ exemptions }: DecisionRules, now: number): readonly string[] {
  return exemptions
    .filter((exemption) => isExpired(exemption, now))
    .map(({ name, expires }) => `exemption ${name} expired at ${utcText(expires)} and has no effect any more`);
}
