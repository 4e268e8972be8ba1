/**
 * A rule by name, as messages have it.
 */
import { describeRef, type RuleRef } from '../../cilium/objects.ts';

export function causeText({ object, field }: RuleRef): string {
  return `${describeRef(object)} ${field}`;
}
