/**
 * Findings -> sentences. With messages/, one file for each check, the one place where numbers become words.
 *
 * A message names the object it is about, others of its tenant and clusterwide ones, and nothing else; counts of identities
 * that may be those of others are rounded to one digit.
 */
import type { Finding, FindingOfCheck } from '../checks/check.ts';
import { CHECK_OF_FINDING, type CheckId } from '../checks/facts/finding-facts.ts';
import { oneLine } from '../plain-text.ts';
import { denyContradictionMessage } from './messages/deny-contradiction.ts';
import { identityChurnMessage } from './messages/identity-churn.ts';
import { invalidPolicyMessage } from './messages/invalid-policy.ts';
import { labelFilterMessage } from './messages/label-filter.ts';
import { policyPitfallsMessage } from './messages/policy-pitfalls.ts';
import { policyMapOverflowMessage } from './messages/policy-map-overflow.ts';
import { reservedLabelsMessage } from './messages/reserved-labels.ts';

const LONGEST_MESSAGE = 1_000;

const SENTENCES: { readonly [Check in CheckId]: (finding: FindingOfCheck<Check>) => string } = {
  'identity-churn': identityChurnMessage,
  'deny-contradiction': denyContradictionMessage,
  'policy-map-overflow': policyMapOverflowMessage,
  'invalid-policy': invalidPolicyMessage,
  'policy-pitfalls': policyPitfallsMessage,
  'reserved-labels': reservedLabelsMessage,
  'label-filter': labelFilterMessage,
};

/** One line: what, why, numbers. */
export function messageOf(finding: Finding): string {
  // The table has for each check a function of just the findings that this table gives to the check.
  const sentence = SENTENCES[CHECK_OF_FINDING[finding.id]] as (finding: Finding) => string;
  return oneLine(`${onlyIn(finding)}${sentence(finding)}`, LONGEST_MESSAGE);
}

/** Not all agents of the cluster run with these. */
function onlyIn({ onlyIn: names }: Finding): string {
  return names === undefined ? '' : `with ${names.join(', ')} only: `;
}
