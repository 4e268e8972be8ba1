/**
 * Findings of invalid-policy -> sentences.
 */
import type { FindingOf } from '../../checks/check.ts';
import type { InForce } from '../../checks/facts/findings/invalid-policy.ts';
import { describeRef } from '../../cilium/objects.ts';

export function invalidPolicyMessage({ subject, field, facts, details }: FindingOf<'invalid-policy'>): string {
  const does = details.panics ? 'break down on' : 'refuse';
  const fault = `agents of Cilium ${details.version} ${does} ${describeRef(subject)}: ${field ?? 'spec'}: ${facts.reason}`;
  return `${fault}; ${CONSEQUENCES[facts.inForce]}`;
}

const CONSEQUENCES: { readonly [What in InForce]: string } = {
  nothing: 'it would be stored, and do nothing',
  'version-before': 'it would be stored, and the version before it stays in force until they restart',
  'last-taken': 'the last version of it that they accepted stays in force, if there was one since they started',
};
