/**
 * What an agent takes and then panics on, so that it never takes effect: texts of prefixes that no label is made of.
 *
 * Mirrors NewCIDRSelector and newCIDRSelectorFromRequirements (pkg/policy/types/selector.go), which trust that Sanitize and the
 * CRD's schema have looked; Sanitize takes addresses with a zone, and does not read the excepts of a CIDR group.
 */
import type { FieldPath } from '../../field-path.ts';
import type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy } from '../../objects.ts';
import { parseAddress, parsePrefix } from '../prefixes/cidr.ts';
import type { PolicyContext } from '../context.ts';
import type { Refusal } from '../rule.ts';
import { peerField } from './peer-field.ts';
import { trafficRules, type PlacedTrafficRule } from './traffic-rules.ts';

const STEPS_PER_PAUSE = 256;

/** For a policy that the agent takes. Yields where the caller may pause. */
export function* breakdown(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  { profile }: PolicyContext,
): Generator<undefined, Refusal | undefined> {
  if (!profile.panicsOnPrefixes) return undefined;
  let steps = 0;
  for (const placed of policy.rules.flatMap(trafficRules)) {
    for (const unread of unreadTexts(placed)) {
      if (++steps % STEPS_PER_PAUSE === 0) yield;
      if (unread === undefined || isPrefix(unread.text)) continue;
      const reason = `"${unread.text}" is taken, and then the agent panics on it`;
      return { field: unread.field, reason, panics: true };
    }
  }
  return undefined;
}

function isPrefix(text: string): boolean {
  return parsePrefix(text) !== undefined || parseAddress(text) !== undefined;
}

interface PlacedText {
  readonly field: FieldPath;
  readonly text: string;
}

/** What Sanitize has not read as a prefix. undefined: the caller may pause. */
function* unreadTexts({ traffic, place }: PlacedTrafficRule): Iterable<PlacedText | undefined> {
  yield undefined;
  for (const [index, text] of (traffic.cidr ?? []).entries()) {
    if (text.includes('%')) yield { field: `${peerField(traffic, place, 'cidr')}[${index}]`, text };
  }
  for (const [index, { cidr, except }] of (traffic.cidrSet ?? []).entries()) {
    if (cidr !== undefined) continue;
    for (const [position, text] of except.entries()) {
      yield { field: `${peerField(traffic, place, 'cidrSet')}[${index}].except[${position}]`, text };
    }
  }
}
